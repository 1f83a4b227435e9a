package io.usageflow.cli.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The commands of a page: those in its {@code sh} blocks, by the title of their section, in order. */
record RunbookPage(String text, Map<String, List<String>> commands) {
    /** Of the commands before the first section. */
    static final String BEGINNING = "before all sections";

    static RunbookPage read(Path file) throws IOException {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        String section = BEGINNING;
        boolean inside = false;
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("```")) {
                inside = line.equals("```sh");
            } else if (inside && !line.isBlank()) {
                commands.computeIfAbsent(section, title -> new ArrayList<>()).add(line.strip());
            } else if (line.startsWith("## ")) {
                section = line.substring(3);
                commands.putIfAbsent(section, new ArrayList<>());
            }
        }
        return new RunbookPage(Files.readString(file), commands);
    }

    /** As a POSIX shell cuts a simple command without expansions. */
    static List<String> words(String command) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int at = 0; at < command.length(); at++) {
            char each = command.charAt(at);
            if (quote != 0) {
                if (each == quote) {
                    quote = 0;
                } else {
                    word.append(each);
                }
            } else if (each == '\'' || each == '"') {
                quote = each;
                begun = true;
            } else if (each == ' ') {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                if ("|;&<>$`\\#*?".indexOf(each) >= 0) {
                    throw new IllegalArgumentException("the runbook's commands stand by themselves: " + command);
                }
                word.append(each);
                begun = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quote is not closed: " + command);
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }
}
