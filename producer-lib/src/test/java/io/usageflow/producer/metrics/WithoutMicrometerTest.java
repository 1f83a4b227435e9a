package io.usageflow.producer.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** An application that has no Micrometer: everything but the binder works, and nothing looks for it. */
class WithoutMicrometerTest {
    @Test
    void shouldPublishWithoutMicrometer() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader application = classPathWithoutMicrometer()) {
            // Kafka loads its plug-ins from there.
            thread.setContextClassLoader(application);
            assertThat(catchThrowable(() -> application.loadClass("io.micrometer.core.instrument.MeterRegistry")))
                    .isInstanceOf(ClassNotFoundException.class);

            Object published = application
                    .loadClass(Application.class.getName())
                    .getMethod("run")
                    .invoke(null);

            assertThat(published).isEqualTo(1L);
            assertThat(application.loadClass(PublisherMeter.class.getName()).getEnumConstants())
                    .hasSameSizeAs(PublisherMeter.values());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** What an application does, loaded anew without Micrometer. Real publisher, nobody at the other end. */
    public static final class Application {
        private Application() {}

        public static Object run() throws Exception {
            java.util.Map<String, Object> settings = java.util.Map.of(
                    "bootstrap.servers", "127.0.0.1:1", "schema.registry.url", "mock://without-micrometer");
            try (var publisher = io.usageflow.producer.UsagePublisher.create(settings)) {
                publisher.publish(io.usageflow.producer.UsageEvent.of("t").account("a"));
                publisher.close(java.time.Duration.ZERO);
                return publisher.statistics().published();
            }
        }
    }

    private static URLClassLoader classPathWithoutMicrometer() {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("micrometer"))
                .map(WithoutMicrometerTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String entry) {
        try {
            return new File(entry).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
