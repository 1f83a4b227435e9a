package io.usageflow.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Puts a {@link io.usageflow.producer.testkit.RecordingUsagePublisher} in the publisher's place: same rules, same
 * exceptions, no Kafka, and no settings needed. Use it with {@code @SpringBootTest}, {@code @WebMvcTest} or another
 * test annotation of Spring Boot. Its records are cleared before each test method.
 *
 * <pre>
 * &#064;WebMvcTest
 * &#064;AutoConfigureRecordingUsagePublisher
 * class ChatControllerTest {
 *     &#064;Autowired RecordingUsagePublisher usage;
 * }
 * </pre>
 *
 * <p>Where the application defines a {@code UsagePublisher} bean of its own, both are there, and the recording one is
 * {@code @Primary}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration(RecordingUsagePublisherAutoConfiguration.class)
public @interface AutoConfigureRecordingUsagePublisher {}
