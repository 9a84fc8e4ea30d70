/** Verification counts made ready to draw: pure. */
import type { Rate } from "../../shared/api/office";
import { dayAndTime, hourOf, percent } from "../../shared/format";

export interface HourBar {
  hour: string;
  /** Hour of the day; empty where there is no room for it. */
  label: string;
  attempts: number;
  ratio: number;
  words: string;
}

type Counted = Pick<Rate, "hour" | "attempts" | "failures">;

const LABELS_MOST = 12;
const HOUR_MS = 60 * 60 * 1000;

/** All attempts by hour, oldest first. */
export function hourBars(rates: readonly Rate[]): HourBar[] {
  const all = rates.filter((rate) => rate.dimension === "all").sort((a, b) => Date.parse(a.hour) - Date.parse(b.hour));
  const hours = withEmptyHours(all);
  const step = Math.ceil(hours.length / LABELS_MOST);
  return hours.map((rate, index) => {
    const ratio = rate.attempts ? rate.failures / rate.attempts : 0;
    const words = `${dayAndTime(rate.hour)}: ${rate.attempts}번 시도, ${rate.failures}번 실패 (${percent(ratio)})`;
    const label = index % step === 0 ? `${hourOf(rate.hour)}시` : "";
    return { hour: rate.hour, label, attempts: rate.attempts, ratio, words };
  });
}

/** The same hours with those in between in which nobody tried. */
function withEmptyHours(rates: readonly Rate[]): Counted[] {
  const [first, last] = [rates[0], rates.at(-1)];
  if (!first || !last) return [];
  const known = new Map(rates.map((rate) => [Date.parse(rate.hour), rate]));
  const hours: Counted[] = [];
  for (let at = Date.parse(first.hour); at <= Date.parse(last.hour); at += HOUR_MS) {
    hours.push(known.get(at) ?? { hour: new Date(at).toISOString(), attempts: 0, failures: 0 });
  }
  return hours;
}

export interface Sum {
  value: string;
  attempts: number;
  failures: number;
}

/** Counts of a dimension over all hours, most failures first. */
export function sumBy(rates: readonly Rate[], dimension: string): Sum[] {
  const sums = new Map<string, Sum>();
  for (const rate of rates) {
    if (rate.dimension !== dimension) continue;
    const sum = sums.get(rate.value) ?? { value: rate.value, attempts: 0, failures: 0 };
    sums.set(rate.value, {
      ...sum,
      attempts: sum.attempts + rate.attempts,
      failures: sum.failures + rate.failures,
    });
  }
  return [...sums.values()].sort((a, b) => b.failures - a.failures || a.value.localeCompare(b.value));
}
