package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseBodyTest {
    private static final int MAX = 1000;
    private static final String TEXT = "{\"title\":\"Größe\"}";
    private static final byte[] BYTES = TEXT.getBytes(UTF_8);
    private static final ResponseBody WHOLE = new ResponseBody(TEXT, true);
    private static final ResponseBody NOT_UNDERSTOOD = new ResponseBody("", false);

    private interface Packing {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] packed(byte[] bytes, Packing packing) throws IOException {
        var all = new ByteArrayOutputStream();
        try (OutputStream out = packing.over(all)) {
            out.write(bytes);
        }
        return all.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        return packed(bytes, GZIPOutputStream::new);
    }

    private static byte[] zlib(byte[] bytes) throws IOException {
        return packed(bytes, DeflaterOutputStream::new);
    }

    private static byte[] raw(byte[] bytes) throws IOException {
        return packed(bytes, out -> new DeflaterOutputStream(out, new Deflater(9, true)));
    }

    private static ResponseBody coded(String coding, byte[] bytes) {
        return ResponseBody.of(bytes, false, Map.of("content-encoding", coding), MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip", " gzip ", "identity, gzip", "gzip,"})
    void shouldUndoGzip(String coding) throws IOException {
        assertThat(coded(coding, gzip(BYTES))).isEqualTo(WHOLE);
    }

    @Test
    void shouldUndoDeflateWithAndWithoutItsHeader() throws IOException {
        assertThat(coded("deflate", zlib(BYTES))).isEqualTo(WHOLE);
        assertThat(coded("Deflate", raw(BYTES))).isEqualTo(WHOLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "compress", "aws-chunked", "gzip, gzip", "gzip, br", "*", "utf-8"})
    void shouldNotGuessAtOtherCodings(String coding) throws IOException {
        assertThat(coded(coding, gzip(gzip(BYTES)))).isEqualTo(NOT_UNDERSTOOD);
    }

    @Test
    void shouldNotUnderstandWhatIsNotInItsCoding() throws IOException {
        byte[] gzip = gzip(BYTES);
        byte[] wrongSum = gzip.clone();
        wrongSum[gzip.length - 8] ^= 1;
        for (String coding : new String[] {"gzip", "deflate"}) {
            assertThat(coded(coding, BYTES)).isEqualTo(NOT_UNDERSTOOD);
            assertThat(coded(coding, new byte[] {1})).isEqualTo(NOT_UNDERSTOOD);
        }
        assertThat(coded("gzip", wrongSum)).isEqualTo(NOT_UNDERSTOOD);
        for (int length = 1; length < gzip.length; length++) {
            assertThat(coded("gzip", Arrays.copyOf(gzip, length)))
                    .as("the first %s bytes", length)
                    .isEqualTo(NOT_UNDERSTOOD);
        }
        byte[] zlib = zlib(BYTES);
        for (int length = 1; length < zlib.length; length++) {
            assertThat(coded("deflate", Arrays.copyOf(zlib, length)).complete()).isFalse();
        }
    }

    @Test
    void shouldStopABombAtTheBound() throws IOException {
        byte[] zeros = new byte[50 * 1024 * 1024];
        for (ResponseBody body : new ResponseBody[] {
            coded("gzip", gzip(zeros)), coded("deflate", zlib(zeros)), coded("deflate", raw(zeros))
        }) {
            assertThat(body.text()).hasSize(MAX);
            assertThat(body.complete()).isFalse();
        }
        assertThat(coded("gzip", gzip(new byte[MAX])).complete()).isTrue();
        assertThat(coded("gzip", gzip(new byte[MAX + 1])).complete()).isFalse();
    }

    @Test
    void shouldSayThatABodyIsCut() throws IOException {
        assertThat(ResponseBody.of(BYTES, true, Map.of(), MAX)).isEqualTo(new ResponseBody(TEXT, false));
        assertThat(ResponseBody.of(new byte[0], true, Map.of(), MAX)).isEqualTo(new ResponseBody("", false));
        assertThat(ResponseBody.of(gzip(BYTES), true, Map.of("content-encoding", "gzip"), MAX))
                .isEqualTo(new ResponseBody(TEXT, false));
    }

    @Test
    void shouldTakeNoBytesForNoBodyInAnyCoding() {
        assertThat(coded("gzip", new byte[0])).isEqualTo(new ResponseBody("", true));
        assertThat(coded("br", new byte[0])).isEqualTo(new ResponseBody("", true));
    }

    @ParameterizedTest
    @CsvSource({"iso-8859-1", "ISO_8859-1", "windows-1252", "utf-16", "UTF-16LE", "utf-8", "\"utf-8\""})
    void shouldDecodeByTheCharset(String name) {
        Charset charset = Charset.forName(name.replace("\"", ""));
        Map<String, String> headers = Map.of("content-type", "application/problem+json; Charset=" + name + "; x=y");
        assertThat(ResponseBody.of(TEXT.getBytes(charset), false, headers, MAX)).isEqualTo(WHOLE);
    }

    @Test
    void shouldNotGuessAtACharsetThatJavaDoesNotKnow() {
        assertThat(ResponseBody.of(BYTES, false, Map.of("content-type", "text/plain; charset=klingon"), MAX))
                .isEqualTo(NOT_UNDERSTOOD);
    }

    @Test
    void shouldLetAByteOrderMarkGoBeforeTheCharset() {
        Map<String, String> latin = Map.of("content-type", "application/json; charset=iso-8859-1");
        for (Charset charset : new Charset[] {UTF_8, UTF_16BE, UTF_16LE}) {
            byte[] marked = ("\uFEFF" + TEXT).getBytes(charset);
            assertThat(ResponseBody.of(marked, false, latin, MAX)).isEqualTo(WHOLE);
        }
        assertThat(ResponseBody.of("{}".getBytes(ISO_8859_1), false, latin, MAX))
                .isEqualTo(new ResponseBody("{}", true));
    }
}
