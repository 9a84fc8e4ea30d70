/** Who saw how much of customers' data in a month, and whose was seen in a period. */
import { useState } from "preact/hooks";
import type { AccessReview, Affected } from "../../shared/api/office";
import { dayAndTime, monthOf } from "../../shared/format";
import { useLoad } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import { useNow } from "../../shared/ui/now";
import { privacy as words } from "../../shared/words/office";
import { roleName } from "../../shared/words/staff";
import type { Notices } from "../notices";
import { useAct } from "./act";
import { Nothing, WhenLoaded } from "./OfficePage";

const MINUTE_MS = 60_000;

export function AccessesTab({ staff, notices }: { staff: Staff; notices: Notices }) {
  const [chosen, setMonth] = useState("");
  const now_ms = useNow(MINUTE_MS);
  const month = chosen || monthOf(new Date(now_ms).toISOString());
  const path = `/api/desk/privacy/accesses/${month}`;
  const loaded = useLoad<AccessReview>(staff, path);
  const [note, setNote] = useState("");
  const act = useAct(notices);
  const send = () =>
    act.run(async () => loaded.put(await staff.call<AccessReview>("POST", `${path}/review`, { body: { note } })));
  return (
    <section class="office-section">
      <label class="field inline">
        <span>{words.month}</span>
        <input type="month" value={month} onChange={(event) => setMonth(event.currentTarget.value)} />
      </label>
      <WhenLoaded loaded={loaded}>
        {(found) => (
          <>
            <Viewers found={found} />
            {found.review ? (
              <p class="notice">
                ✓ {words.reviewed} · {found.review.by} · {dayAndTime(found.review.at)}
                <br />
                {found.review.note}
              </p>
            ) : (
              <form
                class="office-form"
                onSubmit={(event) => {
                  event.preventDefault();
                  void send();
                }}
              >
                <label class="field">
                  <span>{words.reviewNote}</span>
                  <textarea rows={2} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
                </label>
                <div class="buttons end">
                  <button type="submit" class="button small primary" disabled={act.isBusy || note.trim() === ""}>
                    {words.review}
                  </button>
                </div>
              </form>
            )}
          </>
        )}
      </WhenLoaded>
    </section>
  );
}

function Viewers({ found }: { found: AccessReview }) {
  if (found.viewers.length === 0) return <Nothing title={words.noAccess} />;
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{words.viewer}</th>
          <th scope="col">{words.times}</th>
          <th scope="col">{words.people}</th>
          <th scope="col">{words.remarks}</th>
        </tr>
      </thead>
      <tbody>
        {found.viewers.map((viewer) => (
          <tr key={viewer.viewer_id}>
            <th scope="row">
              {viewer.viewer_name} <span class="quiet">{roleName(viewer.viewer_role)}</span>
            </th>
            <td>{viewer.times}</td>
            <td>{viewer.people}</td>
            <td class="left">{viewer.remarks.length > 0 ? `! ${viewer.remarks.join(" · ")}` : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function AffectedTab({ staff }: { staff: Staff }) {
  const [form, setForm] = useState({ since: "", until: "", viewer: "" });
  const [query, setQuery] = useState<string | null>(null);
  const path = query === null ? null : `/api/desk/privacy/affected?${query}`;
  const loaded = useLoad<{ customers: Affected[] }>(staff, path);
  const search = () => {
    const asked = new URLSearchParams({ since: inSeoul(form.since), until: inSeoul(form.until) });
    if (form.viewer.trim()) asked.set("viewer", form.viewer.trim());
    setQuery(asked.toString());
  };
  return (
    <section class="office-section">
      <p class="quiet">{words.affectedHint}</p>
      <form
        class="office-row"
        onSubmit={(event) => {
          event.preventDefault();
          search();
        }}
      >
        {(["since", "until"] as const).map((name) => (
          <label class="field" key={name}>
            <span>{words[name]}</span>
            <input
              type="datetime-local"
              required
              value={form[name]}
              onInput={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
            />
          </label>
        ))}
        <label class="field">
          <span>{words.viewerId}</span>
          <input value={form.viewer} onInput={(event) => setForm({ ...form, viewer: event.currentTarget.value })} />
        </label>
        <button type="submit" class="button primary">
          {words.find}
        </button>
      </form>
      {path && (
        <WhenLoaded loaded={loaded}>
          {({ customers }) =>
            customers.length === 0 ? <Nothing title={words.noneAffected} /> : <AffectedTable customers={customers} />
          }
        </WhenLoaded>
      )}
    </section>
  );
}

function AffectedTable({ customers }: { customers: Affected[] }) {
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{words.subject}</th>
          <th scope="col">{words.times}</th>
          <th scope="col">{words.first}</th>
          <th scope="col">{words.last}</th>
        </tr>
      </thead>
      <tbody>
        {customers.map((one) => (
          <tr key={one.customer_id}>
            <th scope="row">{one.customer_id}</th>
            <td>{one.times}</td>
            <td>{dayAndTime(one.first_at)}</td>
            <td>{dayAndTime(one.last_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What a field without a zone holds is Seoul's time, as everywhere on these pages. */
function inSeoul(local: string): string {
  return `${local}:00+09:00`;
}
