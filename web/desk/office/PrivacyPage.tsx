/** The privacy officer's page: what people ask about their data with its deadline, who saw what, whom to warn. */
import { useState } from "preact/hooks";
import type { PrivacyRequest } from "../../shared/api/office";
import { dayOf } from "../../shared/format";
import { useLoad } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import { dueWords, privacyStates, privacy as words } from "../../shared/words/office";
import type { Notices } from "../notices";
import { AccessesTab, AffectedTab } from "./AccessTabs";
import { NewPrivacyRequest } from "./NewPrivacyRequest";
import { Nothing, OfficePage, WhenLoaded } from "./OfficePage";
import { PrivacyDetailPane } from "./PrivacyDetailPane";

type Tab = keyof typeof words.tabs;

const EVERY_MS = 30_000;

export function PrivacyPage({ staff, notices }: { staff: Staff; notices: Notices }) {
  const [tab, setTab] = useState<Tab>("requests");
  const tools = (
    <div class="modes" role="tablist" aria-label={words.title}>
      {(Object.keys(words.tabs) as Tab[]).map((id) => (
        <button key={id} type="button" role="tab" aria-selected={tab === id} onClick={() => setTab(id)}>
          {words.tabs[id]}
        </button>
      ))}
    </div>
  );
  return (
    <OfficePage title={words.title} tools={tools}>
      {tab === "requests" && <RequestsTab staff={staff} notices={notices} />}
      {tab === "accesses" && <AccessesTab staff={staff} notices={notices} />}
      {tab === "affected" && <AffectedTab staff={staff} />}
    </OfficePage>
  );
}

function RequestsTab({ staff, notices }: { staff: Staff; notices: Notices }) {
  const open = useLoad<{ requests: PrivacyRequest[] }>(staff, "/api/desk/privacy/requests", EVERY_MS);
  const [chosen, setChosen] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  return (
    <div class="office-split">
      <section aria-label={words.tabs.requests}>
        <button type="button" class="button small wide" data-testid="privacy-add" onClick={() => setAdding(true)}>
          + {words.add}
        </button>
        <WhenLoaded loaded={open}>
          {({ requests }) =>
            requests.length === 0 ? (
              <Nothing title={words.empty} hint={words.emptyHint} />
            ) : (
              <ol class="list">
                {requests.map((request) => (
                  <li key={request.request_id}>
                    <RequestItem
                      request={request}
                      isOpen={request.request_id === chosen}
                      onOpen={() => setChosen(request.request_id)}
                    />
                  </li>
                ))}
              </ol>
            )
          }
        </WhenLoaded>
      </section>
      {chosen ? (
        <PrivacyDetailPane
          key={chosen}
          staff={staff}
          notices={notices}
          request_id={chosen}
          onChanged={() => void open.reload()}
        />
      ) : (
        <Nothing title={words.pick} />
      )}
      {isAdding && (
        <NewPrivacyRequest
          staff={staff}
          notices={notices}
          onClose={() => setAdding(false)}
          onAdded={(request_id) => {
            setAdding(false);
            setChosen(request_id);
            void open.reload();
          }}
        />
      )}
    </div>
  );
}

function RequestItem({ request, isOpen, onOpen }: { request: PrivacyRequest; isOpen: boolean; onOpen(): void }) {
  return (
    <button
      type="button"
      class="list-item"
      data-testid="privacy-request"
      aria-current={isOpen ? "true" : undefined}
      onClick={onOpen}
    >
      <span class="list-line">
        <strong>{request.label}</strong>
        <DueTag request={request} />
      </span>
      <span class="list-line quiet">
        {request.request_id}
        <span class="list-wait">{privacyStates[request.state]}</span>
      </span>
      <span class="list-last">
        {words.due} {dayOf(request.due_at)}
      </span>
    </button>
  );
}

export function DueTag({ request }: { request: PrivacyRequest }) {
  if (request.ended_at) return null;
  const isAlarming = request.alarm !== null;
  return (
    <span class={`tag push ${isAlarming ? "alarm" : ""}`}>
      {isAlarming && <span aria-hidden="true">! </span>}
      {dueWords(request.days_left)}
    </span>
  );
}
