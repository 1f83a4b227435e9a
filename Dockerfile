# The forwarder and the operator's commands in one image. Build the jars first: ./mvnw -DskipTests package
FROM eclipse-temurin:25-jre AS usageflow
RUN useradd --system --uid 10001 --create-home usageflow \
 && install -d -o usageflow -m 0700 /var/lib/usageflow /run/usageflow
COPY usageflow-cli/target/lib /opt/usageflow/lib
COPY usageflow-cli/target/usageflow-cli-*.jar /opt/usageflow/lib/
# By number: Kubernetes can then see that it is not root (runAsNonRoot).
USER 10001
WORKDIR /var/lib/usageflow
# Admission's state; losing it costs a restore from Kafka, never an event.
VOLUME ["/var/lib/usageflow"]
ENV USAGEFLOW_STATE_DIR=/var/lib/usageflow
# Health, metrics and parked events: on 127.0.0.1, until USAGEFLOW_ADMIN_HOST=0.0.0.0 opens it to the network, which
# demands USAGEFLOW_ADMIN_TOKENS or USAGEFLOW_ADMIN_TOKENS_FILE (docs/admin.md).
EXPOSE 8080
# exec form: SIGTERM reaches the JVM, which then finishes and commits what is under way.
# A full heap must end the process, so that it is started again, rather than leave it half alive.
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-cp", "/opt/usageflow/lib/*", "io.usageflow.cli.Main"]
CMD ["forwarder"]

# For docker-compose.yml: the same with demo, dev and the Credyt stand-in.
FROM usageflow AS sandbox
COPY usageflow-cli/target/lab /opt/usageflow/lib
CMD ["sandbox", "--host", "0.0.0.0"]

# Without --target: the image for production.
FROM usageflow
