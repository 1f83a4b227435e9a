# The forwarder and the operator's commands in one image. Needs no build before it; jars that ./usageflow has built in
# this folder are taken if they are not older than their sources.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN ./usageflow --version \
 && mkdir /own \
 && for part in schemas producer-lib forwarder-service; do mv usageflow-cli/target/lib/$part-*.jar /own/; done \
 && mv usageflow-cli/target/usageflow-cli-*.jar /own/

FROM eclipse-temurin:25-jre AS usageflow
RUN useradd --system --uid 10001 --create-home usageflow \
 && install -d -o usageflow -m 0700 /var/lib/usageflow /run/usageflow
# Two layers: our own jars change with every build, the libraries seldom.
COPY --from=build /src/usageflow-cli/target/lib /opt/usageflow/lib
COPY --from=build /own /opt/usageflow/lib
# After the layers, which are then the same for each version. docs/releasing.md sets them.
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="usageflow" \
      org.opencontainers.image.description="Delivers usage events from Kafka to Credyt" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
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
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-cp", "/opt/usageflow/lib/*", "io.usageflow.cli.Main"]
CMD ["forwarder"]

# For docker-compose.yml: the same with demo, dev and the Credyt stand-in.
FROM usageflow AS sandbox
COPY --from=build /src/usageflow-cli/target/lab /opt/usageflow/lib
CMD ["sandbox", "--host", "0.0.0.0"]

# Without --target: the image for production.
FROM usageflow
