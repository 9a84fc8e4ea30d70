/** How identity verification is doing: what is unusual, and the rates by hour and by whatever they are counted. */
import { useState } from "preact/hooks";
import type { Rate, RateAlert } from "../../shared/api/office";
import { dayAndTime, percent } from "../../shared/format";
import { useLoad } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import { cellWords, dimensionNames, verification as words } from "../../shared/words/office";
import { Nothing, OfficePage, WhenLoaded } from "./OfficePage";
import { type HourBar, hourBars, sumBy } from "./rates";

const EVERY_MS = 30_000;
const SHOWN = ["carrier", "method", "carrier_method", "region", "browser", "cause"] as const;

export function VerificationPage({ staff }: { staff: Staff }) {
  const [hours, setHours] = useState("24");
  const [dimension, setDimension] = useState<string>("carrier");
  const rates = useLoad<{ rates: Rate[] }>(staff, `/api/desk/verification/rates?hours=${hours}`, EVERY_MS);
  const alerts = useLoad<{ alerts: RateAlert[] }>(staff, "/api/desk/verification/alerts", EVERY_MS);
  const tools = (
    <div class="office-tools">
      <Choice label={words.period} value={hours} names={words.hours} onChange={setHours} />
      <Choice
        label={words.by}
        value={dimension}
        names={Object.fromEntries(SHOWN.map((id) => [id, dimensionNames[id] ?? id]))}
        onChange={setDimension}
      />
    </div>
  );
  return (
    <OfficePage title={words.title} hint={words.hint} tools={tools}>
      <section class="office-section">
        <h3>{words.alerts}</h3>
        <WhenLoaded loaded={alerts}>{(loaded) => <Alerts alerts={loaded.alerts} />}</WhenLoaded>
      </section>
      <WhenLoaded loaded={rates}>
        {(loaded) => (
          <>
            <Hours bars={hourBars(loaded.rates)} />
            <Cells rates={loaded.rates} dimension={dimension} />
          </>
        )}
      </WhenLoaded>
    </OfficePage>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  names: Readonly<Record<string, string>>;
  onChange(value: string): void;
}

function Choice({ label, value, names, onChange }: ChoiceProps) {
  const ids = Object.keys(names);
  return (
    <label class="field inline">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {ids.map((id) => (
          <option key={id} value={id}>
            {names[id]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Alerts({ alerts }: { alerts: RateAlert[] }) {
  if (alerts.length === 0) return <Nothing title={words.noAlerts} />;
  return (
    <ol class="cards">
      {alerts.map((alert) => (
        <li key={alert.alert_id} class={`panel office-card${alert.closed_at ? "" : " alarming-card"}`}>
          <p class="list-line">
            <strong>
              {dimensionNames[alert.dimension] ?? alert.dimension}: {cellWords(alert.dimension, alert.value)}
            </strong>
            <span class={`tag ${alert.closed_at ? "" : "alarm"}`}>
              {alert.closed_at ? words.over : `! ${words.lasting}`}
            </span>
            {alert.is_told_to_customers && <span class="tag strong">{words.told}</span>}
          </p>
          <p>
            {words.ratio} <strong>{percent(alert.attempts ? alert.failures / alert.attempts : 0)}</strong> (
            {words.usual} {percent(alert.usual_ratio)}) · {alert.attempts}번 중 {alert.failures}번 {words.failures}
          </p>
          <p class="quiet">
            {dayAndTime(alert.opened_at)}
            {alert.closed_at ? ` ~ ${dayAndTime(alert.closed_at)}` : "부터"}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** Attempts of each hour as a bar, the failed part of it marked; the same as text for who cannot see it. */
function Hours({ bars }: { bars: HourBar[] }) {
  if (bars.length === 0) return null;
  const most = Math.max(...bars.map((bar) => bar.attempts), 1);
  return (
    <section class="office-section">
      <h3>
        시간대별 {words.attempts}·{words.failures}
      </h3>
      <ol class="bars">
        {bars.map((bar) => (
          <li key={bar.hour} title={bar.words}>
            <span class="visually-hidden">{bar.words}</span>
            <span class="bar" aria-hidden="true" style={{ height: `${(bar.attempts / most) * 100}%` }}>
              <span class="bar-failed" style={{ height: `${bar.ratio * 100}%` }} />
            </span>
            <span class="bar-label" aria-hidden="true">
              {bar.label}
            </span>
          </li>
        ))}
      </ol>
      <p class="bars-key quiet" aria-hidden="true">
        <span class="key-all" /> {words.attempts} <span class="key-failed" /> {words.failures}
      </p>
    </section>
  );
}

function Cells({ rates, dimension }: { rates: Rate[]; dimension: string }) {
  const rows = sumBy(rates, dimension);
  if (rows.length === 0) return <Nothing title={words.noRates} />;
  const isCause = dimension === "cause";
  const all = rows.reduce((sum, row) => sum + row.failures, 0);
  return (
    <section class="office-section">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{dimensionNames[dimension]}</th>
            {!isCause && <th scope="col">{words.attempts}</th>}
            <th scope="col">{words.failures}</th>
            <th scope="col">{isCause ? "비율" : words.ratio}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const ratio = isCause ? row.failures / Math.max(all, 1) : row.failures / Math.max(row.attempts, 1);
            return (
              <tr key={row.value}>
                <th scope="row">{cellWords(dimension, row.value)}</th>
                {!isCause && <td>{row.attempts.toLocaleString("ko-KR")}</td>}
                <td>{row.failures.toLocaleString("ko-KR")}</td>
                <td>
                  <span class="meter" aria-hidden="true">
                    <span style={{ width: `${ratio * 100}%` }} />
                  </span>
                  {percent(ratio)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
