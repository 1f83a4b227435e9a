package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.EffectiveSetting;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.WebPage;
import java.util.List;
import java.util.Map;

/** The settings that this process runs with, secrets hidden. */
final class SettingsView implements WebPage {
    private final Layout layout;
    private final List<EffectiveSetting> settings;

    SettingsView(Layout layout, List<EffectiveSetting> settings) {
        this.layout = layout;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "settings";
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        return layout.page(
                200,
                name(),
                "usageflow doctor",
                List.of(
                        el(
                                "p",
                                "What this instance was started with. Secrets are hidden, and so is what is passed on"
                                        + " to libraries under names that are not known here."),
                        el("h2", "Set"),
                        table(settings.stream()
                                .filter(EffectiveSetting::isGiven)
                                .toList()),
                        el("h2", "Defaults"),
                        table(settings.stream()
                                .filter(setting -> !setting.isGiven())
                                .toList())));
    }

    private static Html table(List<EffectiveSetting> settings) {
        return Layout.table(
                List.of("Key", "Value", "From"),
                settings.stream()
                        .map(each -> List.<Object>of(
                                el("code", each.key()),
                                el("span", css("value"), each.value().orElse("(hidden)")),
                                each.origin()))
                        .toList());
    }
}
