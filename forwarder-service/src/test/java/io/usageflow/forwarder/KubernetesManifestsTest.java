package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.http.AdminServer;
import io.usageflow.forwarder.testing.Kustomize;
import io.usageflow.forwarder.testing.ScaledObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests under deploy/kubernetes, rendered and read into Kubernetes' own types: no unknown field, nothing that
 * names what is not there, and what they repeat of the forwarder is so.
 */
class KubernetesManifestsTest {
    private static final Path FOLDER = Path.of("..", "deploy", "kubernetes");
    private static final Duration CLOSE = Duration.ofSeconds(10);
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Stream.of(
                    ConfigMap.class,
                    Deployment.class,
                    Job.class,
                    NetworkPolicy.class,
                    PodDisruptionBudget.class,
                    ScaledObject.class,
                    Service.class,
                    ServiceMonitor.class,
                    StatefulSet.class)
            .collect(Collectors.toMap(Class::getSimpleName, kind -> kind));

    @ParameterizedTest
    @ValueSource(strings = {"small", "production", "production-keda"})
    void shouldNameOnlyWhatIsThere(String overlay) throws Exception {
        List<HasMetadata> resources = rendered(overlay);

        assertThat(resources).allSatisfy(each -> assertThat(each.getMetadata().getNamespace())
                .isEqualTo("usageflow"));
        String config = only(ConfigMap.class, resources).getMetadata().getName();
        for (PodTemplateSpec pod : pods(resources)) {
            assertThat(pod.getSpec().getContainers()).hasSize(1);
            Container container = pod.getSpec().getContainers().get(0);
            assertThat(container.getImage()).matches("usageflow:\\d+\\.\\d+\\.\\d+");
            assertThat(container.getVolumeMounts().stream().map(VolumeMount::getName))
                    .isSubsetOf(volumes(pod, resources));
            pod.getSpec().getVolumes().forEach(volume -> {
                if (volume.getConfigMap() != null) {
                    assertThat(volume.getConfigMap().getName()).isEqualTo(config);
                }
                if (volume.getSecret() != null) {
                    assertThat(volume.getSecret().getSecretName()).isEqualTo("usageflow");
                }
            });
        }
        List<Map<String, String>> podLabels = pods(resources).stream()
                .map(pod -> pod.getMetadata().getLabels())
                .toList();
        selectors(resources)
                .forEach((by, labels) -> assertThat(podLabels).as(by).anySatisfy(pod -> assertThat(pod.entrySet())
                        .containsAll(labels.entrySet())));
        of(StatefulSet.class, resources).forEach(set -> assertThat(of(Service.class, resources))
                .anySatisfy(service -> assertThat(service.getMetadata().getName())
                        .isEqualTo(set.getSpec().getServiceName())));
        for (ServiceMonitor monitor : of(ServiceMonitor.class, resources)) {
            Map<String, String> labels = monitor.getSpec().getSelector().getMatchLabels();
            // One only: each instance would be read twice otherwise.
            assertThat(of(Service.class, resources).stream()
                            .filter(service -> service.getMetadata().getLabels() != null)
                            .filter(service ->
                                    service.getMetadata().getLabels().entrySet().containsAll(labels.entrySet())))
                    .singleElement()
                    .satisfies(service -> assertThat(service.getSpec().getPorts())
                            .anySatisfy(port -> assertThat(port.getName())
                                    .isEqualTo(monitor.getSpec()
                                            .getEndpoints()
                                            .get(0)
                                            .getPort())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production", "production-keda"})
    void shouldRunTheForwarderWithoutRights(String overlay) throws Exception {
        String user = Files.readString(Path.of("..", "Dockerfile"))
                .lines()
                .filter(line -> line.startsWith("USER "))
                .map(line -> line.substring("USER ".length()))
                .findFirst()
                .orElseThrow();
        for (PodTemplateSpec pod : pods(rendered(overlay))) {
            assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).hasToString(user);
            assertThat(pod.getSpec().getSecurityContext().getSeccompProfile().getType())
                    .isEqualTo("RuntimeDefault");
            Container container = pod.getSpec().getContainers().get(0);
            assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .isTrue();
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .isFalse();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
            // A heap is a share of it.
            assertThat(container.getResources().getLimits()).containsKey("memory");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production", "production-keda"})
    void shouldStopAndProbeAsTheForwarderIsMade(String overlay) throws Exception {
        Settings defaults = Settings.load(ConfigSources.none());
        List<HasMetadata> resources = rendered(overlay);
        List<PodTemplateSpec> forwarders = pods(resources).stream()
                .filter(pod -> pod.getSpec().getContainers().get(0).getArgs().contains("forwarder"))
                .toList();
        assertThat(forwarders).isNotEmpty();
        for (PodTemplateSpec pod : forwarders) {
            assertThat(Duration.ofSeconds(pod.getSpec().getTerminationGracePeriodSeconds()))
                    .isGreaterThanOrEqualTo(defaults.process().stopTimeout().plus(CLOSE));
            Container container = pod.getSpec().getContainers().get(0);
            assertThat(container.getPorts()).singleElement().satisfies(port -> {
                assertThat(port.getName()).isEqualTo("admin");
                assertThat(port.getContainerPort()).isEqualTo(defaults.admin().port());
            });
            assertThat(List.of(
                            container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe()))
                    .allSatisfy(KubernetesManifestsTest::requireLiveProbe);
        }
        assertThat(of(StatefulSet.class, resources).get(0).getSpec().getReplicas())
                .isLessThanOrEqualTo(defaults.topics().partitions());
    }

    @Test
    void shouldHaveSettingsThatTheForwarderTakes() throws Exception {
        Path file = FOLDER.resolve("base/forwarder.properties");
        String inMap = only(ConfigMap.class, rendered("production")).getData().get("forwarder.properties");
        var properties = new Properties();
        properties.load(new StringReader(inMap));

        Settings settings = Settings.load(ConfigSources.none().withFile(file));

        assertThat(inMap).isEqualTo(Files.readString(file));
        List<VolumeMount> mounts = pods(rendered("production"))
                .get(0)
                .getSpec()
                .getContainers()
                .get(0)
                .getVolumeMounts();
        assertThat(properties.stringPropertyNames().stream()
                        .map(properties::getProperty)
                        .filter(value -> value.startsWith("/")))
                .isNotEmpty()
                .allSatisfy(path ->
                        assertThat(mounts).anySatisfy(mount -> assertThat(path).startsWith(mount.getMountPath())));
        assertThat(settings.process().stateDir()).isEqualTo(Path.of("/var/lib/usageflow"));
    }

    @Test
    void shouldScaleDeliveryOnlyAndWithinItsPartitions() throws Exception {
        List<HasMetadata> resources = rendered("production-keda");
        ScaledObject.Spec scaler = only(ScaledObject.class, resources).spec();

        Deployment delivery = only(Deployment.class, resources);
        assertThat(scaler.scaleTargetRef().name())
                .isEqualTo(delivery.getMetadata().getName());
        assertThat(delivery.getSpec().getReplicas()).isNull();
        assertThat(only(StatefulSet.class, resources).getSpec().getReplicas()).isNotNull();
        assertThat(scaler.minReplicaCount())
                .isEqualTo(
                        only(Deployment.class, rendered("production")).getSpec().getReplicas());
        assertThat(scaler.maxReplicaCount())
                .isEqualTo(Settings.load(ConfigSources.none()).topics().partitions());
        assertThat(scaler.triggers()).singleElement().satisfies(trigger -> {
            assertThat(trigger.type()).isEqualTo("prometheus");
            assertThat(trigger.metricType()).isEqualTo("AverageValue");
            assertThat(trigger.metadata()).containsOnlyKeys("serverAddress", "query", "threshold", "ignoreNullValues");
        });
    }

    private static void requireLiveProbe(Probe probe) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(AdminServer.LIVE);
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("admin");
    }

    private static List<HasMetadata> rendered(String overlay) throws IOException, InterruptedException {
        // Kubernetes' types keep unknown fields in a map; without it they are errors.
        YAMLMapper mapper = YAMLMapper.builder()
                .annotationIntrospector(new JacksonAnnotationIntrospector() {
                    @Override
                    public Boolean hasAnySetter(Annotated member) {
                        return false;
                    }
                })
                .build();
        var resources = new ArrayList<HasMetadata>();
        try (var documents = mapper.readerFor(JsonNode.class)
                .<JsonNode>readValues(
                        Kustomize.render(FOLDER.resolve("overlays").resolve(overlay)))) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                String kind = document.path("kind").asText();
                assertThat(KINDS).containsKey(kind);
                resources.add(mapper.treeToValue(document, KINDS.get(kind)));
            }
        }
        return resources;
    }

    private static List<PodTemplateSpec> pods(List<HasMetadata> resources) {
        return Stream.of(
                        of(StatefulSet.class, resources).stream()
                                .map(set -> set.getSpec().getTemplate()),
                        of(Deployment.class, resources).stream()
                                .map(each -> each.getSpec().getTemplate()),
                        of(Job.class, resources).stream()
                                .map(job -> job.getSpec().getTemplate()))
                .flatMap(each -> each)
                .toList();
    }

    private static List<String> volumes(PodTemplateSpec pod, List<HasMetadata> resources) {
        List<String> names = new ArrayList<>();
        pod.getSpec().getVolumes().forEach(volume -> names.add(volume.getName()));
        of(StatefulSet.class, resources).stream()
                .filter(set -> set.getSpec().getTemplate().equals(pod))
                .flatMap(set -> set.getSpec().getVolumeClaimTemplates().stream())
                .forEach(claim -> names.add(claim.getMetadata().getName()));
        return names;
    }

    private static Map<String, Map<String, String>> selectors(List<HasMetadata> resources) {
        return resources.stream()
                .filter(each -> selector(each) != null)
                .collect(Collectors.toMap(
                        each -> each.getKind() + " " + each.getMetadata().getName(), each -> selector(each)));
    }

    private static Map<String, String> selector(HasMetadata resource) {
        if (resource instanceof Service service) {
            return service.getSpec().getSelector();
        }
        LabelSelector selector = resource instanceof PodDisruptionBudget budget
                ? budget.getSpec().getSelector()
                : resource instanceof NetworkPolicy policy
                        ? policy.getSpec().getPodSelector()
                        : resource instanceof StatefulSet set
                                ? set.getSpec().getSelector()
                                : resource instanceof Deployment deployment
                                        ? deployment.getSpec().getSelector()
                                        : null;
        return selector == null ? null : selector.getMatchLabels();
    }

    private static <T> List<T> of(Class<T> kind, List<HasMetadata> resources) {
        return resources.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static <T> T only(Class<T> kind, List<HasMetadata> resources) {
        assertThat(of(kind, resources)).hasSize(1);
        return of(kind, resources).get(0);
    }
}
