package io.usageflow.cli.publish;

import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.publish.line.GivenId;
import io.usageflow.producer.Cost;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** One event, written out as options. */
final class SingleEvent {
    private static final Pattern AMOUNT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Z]{3})");
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9]\\d*)");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9]\\d*)\\.\\d+");

    @Option(names = "--account", required = true, paramLabel = "ID", description = "Your own id of the customer.")
    private String account = "";

    @Option(names = "--event-type", required = true, paramLabel = "TYPE", description = "What happened.")
    private String eventType = "";

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "What the event is recognised by: the same id is billed once. Random by default.")
    private @Nullable String id;

    @Option(names = "--subject", paramLabel = "TEXT", description = "What it belongs to, such as a chat.")
    private @Nullable String subject;

    @Option(
            names = "--data",
            paramLabel = "NAME=VALUE",
            description = "A quantity or dimension that pricing looks at; numbers, true and false are taken as such.")
    private List<String> data = new ArrayList<>();

    @Option(
            names = "--cost",
            paramLabel = "VENDOR=AMOUNT",
            description = "What it cost, with the currency, such as openai=0.0161USD; may be given several times.")
    private List<String> costs = new ArrayList<>();

    UsageEvent event() {
        try {
            UsageEvent event = UsageEvent.of(eventType).account(account).subject(subject);
            event = id == null ? event : event.id(checkedId(id));
            Set<String> names = new HashSet<>();
            for (String datum : data) {
                String name = before(datum, "--data", "NAME=VALUE");
                if (!names.add(name)) {
                    throw new WrongUsageException("--data gives " + name + " twice: keep one");
                }
                event = withDatum(event, name, datum.substring(name.length() + 1));
            }
            for (String cost : costs) {
                String vendor = before(cost, "--cost", "VENDOR=AMOUNT");
                event = event.cost(cost(vendor, cost.substring(vendor.length() + 1)));
            }
            return event;
        } catch (InvalidUsageEventException invalid) {
            throw new WrongUsageException(invalid);
        }
    }

    private static String checkedId(String id) {
        String fault = GivenId.faultOf(id);
        if (fault != null) {
            throw new WrongUsageException("--id: " + fault + ": give the usage its own id, or none for a random one");
        }
        return id;
    }

    private static String before(String text, String option, String form) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new WrongUsageException(option + " is '" + text + "': write " + option + " " + form);
        }
        return text.substring(0, equals);
    }

    private static UsageEvent withDatum(UsageEvent event, String name, String value) {
        if (INTEGER.matcher(value).matches()) {
            return event.data(name, new BigInteger(value));
        }
        if (DECIMAL.matcher(value).matches()) {
            return event.data(name, new BigDecimal(value));
        }
        if (value.equals("true") || value.equals("false")) {
            return event.data(name, Boolean.parseBoolean(value));
        }
        return event.data(name, value);
    }

    private static Cost cost(String vendor, String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            throw new WrongUsageException("--cost " + vendor + "=" + text
                    + " is no amount with a currency: write --cost " + vendor + "=0.0161USD");
        }
        return Cost.of(vendor, new BigDecimal(amount.group(1)), amount.group(2));
    }
}
