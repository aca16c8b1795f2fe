package io.github.oom4j.junit;

import static io.github.oom4j.junit.Scale.px;

import io.github.oom4j.junit.TimelineCurves.Point;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Draws a timeline as SVG, with classes for the colours. */
final class TimelineChart {

  private static final int WIDTH = 960;
  private static final int LEFT = 72;
  private static final int RIGHT = 940;
  private static final int TOP = 52; // above it: the labels of the kill and of the limit
  private static final int BOTTOM = 380;
  private static final int LABEL = 180; // as wide as that of the limit, at most
  private static final int STALL_TOP = 440;
  private static final int STALL_BOTTOM = 500;
  // A limit so far above the rest would press the curve to the ground.
  private static final double FAR = 4;

  private final TimelineCurves curves;
  private final Scale x;
  private final Scale y;
  private final boolean withPressure;
  private final boolean limitIsFar;
  private final StringBuilder svg = new StringBuilder();

  private TimelineChart(TimelineCurves curves) {
    this.curves = curves;
    double used = Math.max(0.1, Math.max(curves.peak(), curves.most(Point::swap)));
    double limit = curves.limit().orElse(0);
    this.limitIsFar = limit > FAR * used;
    this.x = new Scale(curves.seconds, LEFT, RIGHT);
    this.y = new Scale(limitIsFar ? used * 1.25 : Math.max(limit, used), BOTTOM, TOP);
    this.withPressure = curves.most(Point::some) > 0;
  }

  static String of(TimelineCurves curves) {
    return new TimelineChart(curves).draw();
  }

  private String draw() {
    int bottom = withPressure ? STALL_BOTTOM : BOTTOM;
    line(
        "<svg role=\"img\" aria-labelledby=\"chart-title chart-desc\" viewBox=\"0 0 %d %d\""
            + " xmlns=\"http://www.w3.org/2000/svg\">",
        WIDTH, bottom + 48);
    line("<title id=\"chart-title\">%s</title>", escape(curves.timeline.title()));
    line("<desc id=\"chart-desc\">%s</desc>", escape(description()));
    valueAxis();
    timeAxis(bottom);
    if (!curves.points.isEmpty()) {
      memory();
      limit();
      peak();
      if (withPressure) {
        pressure();
      }
      kills(bottom);
      limitLabel();
      if (withPressure) {
        label("axis", LEFT, STALL_TOP - 8, "time lost for want of memory (memory.pressure)");
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private String description() {
    String limit =
        curves.limit().isPresent() ? "limit " + mib(curves.limit().getAsDouble()) : "no limit";
    String end = curves.kills().isEmpty() ? "no OOM kill seen" : curves.killLabel();
    return "Memory over %s s: peak %s, %s, %s."
        .formatted(number(curves.seconds), mib(curves.peak()), limit, end);
  }

  private void valueAxis() {
    for (BigDecimal tick : y.ticks(6)) {
      if (limitIsFar && tick.doubleValue() > y.most() * 0.9) {
        continue; // it would look like the limit's
      }
      String at = px(y.at(tick.doubleValue()));
      line("<path class=\"grid\" d=\"M%d %sH%d\"/>", LEFT, at, RIGHT);
      label("tick end", LEFT - 8, y.at(tick.doubleValue()) + 4, tick.toPlainString());
    }
    label("axis end", LEFT - 8, TOP - 22, "MiB");
  }

  private void timeAxis(int bottom) {
    for (BigDecimal tick : x.ticks(10)) {
      double at = x.at(tick.doubleValue());
      line("<path class=\"grid\" d=\"M%s %dV%d\"/>", px(at), bottom, bottom + 6);
      label("tick middle", at, bottom + 21, tick.toPlainString());
    }
    label("axis end", RIGHT, bottom + 40, "seconds");
  }

  private void memory() {
    if (curves.hasParts) {
      area("anon", point -> 0, Point::anon);
      area("file", Point::anon, point -> point.anon() + point.file());
      area("rest", point -> point.anon() + point.file(), Point::current);
    } else {
      area("rest", point -> 0, Point::current);
    }
    curve("current", Point::current);
    if (curves.hasSwap) {
      curve("halo", Point::swap);
      curve("swap", Point::swap);
    }
    if (curves.points.size() <= 24) {
      for (Point point : curves.points) {
        line(
            "<circle class=\"dot\" cx=\"%s\" cy=\"%s\" r=\"3\"/>",
            px(x.at(point.seconds())), px(y.at(point.current())));
      }
    }
  }

  private void area(String style, ToDoubleFunction<Point> low, ToDoubleFunction<Point> high) {
    StringBuilder path = new StringBuilder();
    List<Point> points = curves.points;
    for (Point point : points) {
      path.append(path.length() == 0 ? 'M' : 'L').append(xy(point, high));
    }
    for (int i = points.size() - 1; i >= 0; i--) {
      path.append('L').append(xy(points.get(i), low));
    }
    line("<path class=\"%s\" d=\"%sZ\"/>", style, path);
  }

  private void curve(String style, ToDoubleFunction<Point> value) {
    StringBuilder path = new StringBuilder();
    for (Point point : curves.points) {
      path.append(path.length() == 0 ? 'M' : 'L').append(xy(point, value));
    }
    line("<path class=\"%s\" d=\"%s\"/>", style, path);
  }

  private String xy(Point point, ToDoubleFunction<Point> value) {
    return px(x.at(point.seconds())) + " " + px(y.at(value.applyAsDouble(point)));
  }

  private void limit() {
    if (limitIsFar) {
      line("<path class=\"limit\" d=\"M%d %dH%d\"/>", LEFT, TOP, RIGHT);
      return;
    }
    StringBuilder path = new StringBuilder();
    for (Point point : curves.points) {
      if (point.limit().isPresent()) {
        String level = px(y.at(point.limit().getAsDouble()));
        path.append(path.length() == 0 ? "M" + LEFT + " " + level : "");
        path.append('H').append(px(x.at(point.seconds()))).append('V').append(level);
      }
    }
    if (path.length() > 0) {
      line("<path class=\"limit\" d=\"%sH%d\"/>", path, RIGHT);
    }
  }

  /** At the left, or if there is a kill in its way at the right. */
  private void limitLabel() {
    OptionalDouble limit = curves.limit();
    String text =
        limit.isEmpty()
            ? "no memory.max"
            : limitIsFar
                ? "\u2191 memory.max " + mib(limit.getAsDouble()) + ", far above"
                : "memory.max " + mib(limit.getAsDouble());
    boolean right =
        curves.kills().stream().anyMatch(kill -> x.at(kill) < LEFT + LABEL)
            && curves.kills().stream().allMatch(kill -> x.at(kill) < RIGHT - LABEL);
    label(
        right ? "limit-label end" : "limit-label",
        right ? RIGHT - 4 : LEFT + 8,
        limitAt() - 7,
        text);
  }

  private boolean isLeft(double seconds) {
    return x.at(seconds) < (LEFT + RIGHT) / 2.0;
  }

  private double limitAt() {
    return limitIsFar || curves.limit().isEmpty() ? TOP : y.at(curves.limit().getAsDouble());
  }

  /** Only where the samples missed it. */
  private void peak() {
    double peak = curves.peak();
    if (peak > curves.most(Point::current) * 1.02
        && peak < curves.limit().orElse(peak * 2) * 0.97) {
      line("<path class=\"peak\" d=\"M%d %sH%d\"/>", LEFT, px(y.at(peak)), RIGHT);
      label("tick end", RIGHT - 4, y.at(peak) - 5, "peak " + mib(peak));
    }
  }

  private void pressure() {
    Scale share = new Scale(1, STALL_BOTTOM, STALL_TOP);
    label("tick end", LEFT - 8, STALL_TOP + 4, "100 %");
    label("tick end", LEFT - 8, STALL_BOTTOM + 4, "0 %");
    line("<path class=\"grid\" d=\"M%d %dH%d\"/>", LEFT, STALL_TOP, RIGHT);
    line("<path class=\"grid\" d=\"M%d %dH%d\"/>", LEFT, BOTTOM, RIGHT);
    line("<path class=\"grid\" d=\"M%d %dH%d\"/>", LEFT, STALL_BOTTOM, RIGHT);
    line("<path class=\"some\" d=\"%s\"/>", steps(share, Point::some));
    line("<path class=\"full\" d=\"%s\"/>", steps(share, Point::full));
  }

  private String steps(Scale share, ToDoubleFunction<Point> value) {
    StringBuilder path = new StringBuilder("M" + LEFT + " " + STALL_BOTTOM);
    for (Point point : curves.points) {
      path.append('V').append(px(share.at(value.applyAsDouble(point))));
      path.append('H').append(px(x.at(point.seconds())));
    }
    return path.append('V').append(STALL_BOTTOM).append('Z').toString();
  }

  private void kills(int bottom) {
    List<Double> kills = curves.kills();
    double cross = limitAt();
    for (int i = 0; i < kills.size(); i++) {
      double at = x.at(kills.get(i));
      boolean last = i == kills.size() - 1;
      double top = last ? TOP - 18 : cross;
      line("<path class=\"kill\" d=\"M%s %sV%d\"/>", px(at), px(top), bottom);
      line("<path class=\"cross\" d=\"M%s %sl14 14m0 -14l-14 14\"/>", px(at - 7), px(cross - 7));
      if (last) {
        String side = isLeft(kills.get(i)) ? "kill-label" : "kill-label end";
        label(side, isLeft(kills.get(i)) ? at - 6 : at + 6, TOP - 26, curves.killLabel());
      }
    }
  }

  private void label(String style, double atX, double atY, String text) {
    line("<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>", style, px(atX), px(atY), escape(text));
  }

  private void line(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  static String mib(double mebibytes) {
    return number(mebibytes) + " MiB";
  }

  /** Three digits or more, as far as they say anything; no fraction of what is large. */
  static String number(double value) {
    return String.format(
            Locale.ROOT, value >= 999.95 ? "%.0f" : value >= 1 ? "%.1f" : "%.3f", value)
        .replaceFirst("(\\.\\d*?)0+$", "$1")
        .replaceFirst("\\.$", "");
  }

  static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.append(Character.isISOControl(c) ? "?" : Character.toString(c));
              }
            });
    return escaped.toString();
  }
}
