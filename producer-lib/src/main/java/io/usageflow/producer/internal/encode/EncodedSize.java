package io.usageflow.producer.internal.encode;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** The size of a record in Avro binary: encodes it, and counts the bytes without keeping them. */
final class EncodedSize {
    private EncodedSize() {}

    static int of(SpecificRecord avro) {
        Count count = new Count();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(count, null);
        try {
            new SpecificDatumWriter<SpecificRecord>(avro.getSchema(), SpecificData.getForClass(avro.getClass()))
                    .write(avro, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("counting bytes must not do I/O", e);
        }
        return count.bytes;
    }

    private static final class Count extends OutputStream {
        private int bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) {
            bytes += length;
        }
    }
}
