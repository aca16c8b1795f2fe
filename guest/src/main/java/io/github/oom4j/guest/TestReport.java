package io.github.oom4j.guest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * One test of a JUnit XML report, as Surefire, Failsafe and JUnit's console launcher write it.
 *
 * @param name class and method
 * @param outcome how it ended
 * @param reason the message of the failure, or the first line of the skip's; empty if it passed
 */
record TestReport(String name, Outcome outcome, String reason) {

  enum Outcome {
    PASSED,
    FAILED,
    SKIPPED
  }

  static List<TestReport> parse(byte[] xml) throws IOException {
    try {
      DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      builder.setErrorHandler(null); // the default one prints what the exception says anyway
      NodeList cases =
          builder.parse(new ByteArrayInputStream(xml)).getElementsByTagName("testcase");
      List<TestReport> tests = new ArrayList<>();
      for (int i = 0; i < cases.getLength(); i++) {
        tests.add(parse((Element) cases.item(i)));
      }
      return tests;
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("not a JUnit XML report: " + e.getMessage(), e);
    }
  }

  private static TestReport parse(Element test) {
    String type = test.getAttribute("classname");
    String method = test.getAttribute("name").replaceFirst("\\(\\)$", "");
    String name =
        (type.substring(type.lastIndexOf('.') + 1) + "." + method).replaceFirst("\\.$", "");
    for (String tag : List.of("failure", "error")) {
      Element found = (Element) test.getElementsByTagName(tag).item(0);
      if (found != null) {
        return new TestReport(name, Outcome.FAILED, message(found).replace("\n", "\n  "));
      }
    }
    Element skipped = (Element) test.getElementsByTagName("skipped").item(0);
    return skipped == null
        ? new TestReport(name, Outcome.PASSED, "")
        : new TestReport(name, Outcome.SKIPPED, message(skipped).lines().findFirst().orElseThrow());
  }

  // Surefire has the message in an attribute, the console launcher a skip's in the text.
  private static String message(Element element) {
    String attribute = element.getAttribute("message");
    String text = (attribute.isEmpty() ? element.getTextContent() : attribute).strip();
    return text.isEmpty() ? "(no reason given)" : text;
  }
}
