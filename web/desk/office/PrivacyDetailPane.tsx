/** One privacy request: whose it is, what was done, and the steps that can be taken from where it stands. */
import { useState } from "preact/hooks";
import type { PrivacyDetail } from "../../shared/api/office";
import { dayAndTime, fullDay } from "../../shared/format";
import { useLoad } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import {
  groundsWithoutIdentity,
  privacyChannels,
  privacyStates,
  proofNames,
  refusalGrounds,
  stepWords,
  privacy as words,
} from "../../shared/words/office";
import type { Notices } from "../notices";
import { type Act, useAct } from "./act";
import { WhenLoaded } from "./OfficePage";
import { DueTag } from "./PrivacyPage";

export interface PrivacyDetailPaneProps {
  staff: Staff;
  notices: Notices;
  request_id: string;
  onChanged(): void;
}

export function PrivacyDetailPane({ staff, notices, request_id, onChanged }: PrivacyDetailPaneProps) {
  const path = `/api/desk/privacy/requests/${encodeURIComponent(request_id)}`;
  const loaded = useLoad<PrivacyDetail>(staff, path);
  const act = useAct(notices);
  const step = async (name: string, body: object) => {
    const isDone = await act.run(() => staff.call("POST", `${path}/${name}`, { body }));
    await loaded.reload();
    onChanged();
    return isDone;
  };
  return (
    <section class="panel office-detail" aria-label={request_id} data-testid="privacy-detail">
      <WhenLoaded loaded={loaded}>
        {(request) => (
          <>
            <header class="list-line">
              <h3 class="plain">{request.label}</h3>
              <span class="tag strong">{privacyStates[request.state]}</span>
              <DueTag request={request} />
            </header>
            <Facts request={request} />
            {request.details && <p class="said">{request.details}</p>}
            {request.answer && <p class="said">{request.answer}</p>}
            <Steps request={request} />
            <NextStep key={request.state} request={request} act={act} path={path} onStep={step} />
          </>
        )}
      </WhenLoaded>
    </section>
  );
}

function Facts({ request }: { request: PrivacyDetail }) {
  const rows: [string, string | null | undefined][] = [
    ["번호", request.request_id],
    [words.subject, request.subject_id],
    ["이름", request.customer?.name],
    ["전화", request.customer?.phone],
    [words.channel, privacyChannels[request.channel] ?? request.channel],
    [words.agentName, request.agent_name],
    [words.mandate, request.mandate],
    [words.opened, dayAndTime(request.opened_at)],
    [words.due, fullDay(request.due_at)],
    [words.ground, request.refusal_ground && (refusalGrounds[request.refusal_ground] ?? request.refusal_ground)],
  ];
  return (
    <dl class="facts">
      {rows.map(([label, value]) =>
        value ? (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

function Steps({ request }: { request: PrivacyDetail }) {
  return (
    <div class="lines">
      <h3>{words.steps}</h3>
      <ol class="steps">
        {request.steps.map((step, index) => (
          <li key={index}>
            <span>{stepWords(step.what)}</span>
            <span class="quiet">
              {dayAndTime(step.at)}
              {step.note ? ` · ${proofNames[step.note] ?? step.note}` : ""}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

interface NextStepProps {
  request: PrivacyDetail;
  act: Act;
  path: string;
  onStep(name: string, body: object): Promise<boolean>;
}

function NextStep({ request, act, path, onStep }: NextStepProps) {
  const [isRefusing, setRefusing] = useState(false);
  if (request.ended_at) return null;
  if (isRefusing) {
    return <Refuse request={request} isBusy={act.isBusy} onStep={onStep} onBack={() => setRefusing(false)} />;
  }
  const refuse = (
    <button type="button" class="button small" onClick={() => setRefusing(true)}>
      {words.refuse}
    </button>
  );
  if (request.state === "received") {
    const send = (how: string) => void onStep("identity", { how });
    return <Say label={words.identityAsk} yes={words.identity} isBusy={act.isBusy} onSay={send} more={refuse} />;
  }
  if (request.state === "identity_checked") {
    return (
      <div class="buttons end">
        {refuse}
        <button
          type="button"
          class="button small primary"
          disabled={act.isBusy}
          onClick={() => void onStep("start", {})}
        >
          {words.start}
        </button>
      </div>
    );
  }
  const send = (answer: string) => void onStep("answer", { answer });
  return (
    <>
      {request.kind === "access" && (
        <p>
          <a class="button small" href={`${path}/archive`} download={`${request.request_id}.zip`}>
            {words.archive}
          </a>{" "}
          <span class="quiet">{words.archiveHint}</span>
        </p>
      )}
      <Say
        label={words.answerAsk}
        hint={words.answerHint}
        yes={words.answer}
        isBusy={act.isBusy}
        onSay={send}
        more={refuse}
        rows={4}
      />
    </>
  );
}

interface SayProps {
  label: string;
  hint?: string;
  yes: string;
  rows?: number;
  isBusy: boolean;
  onSay(text: string): void;
  more?: preact.ComponentChildren;
}

/** A field and the button that sends it. */
function Say({ label, hint, yes, rows = 2, isBusy, onSay, more }: SayProps) {
  const [text, setText] = useState("");
  return (
    <form
      class="office-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSay(text.trim());
      }}
    >
      <label class="field">
        <span>{label}</span>
        <textarea rows={rows} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {hint && <p class="quiet">{hint}</p>}
      <div class="buttons end">
        {more}
        <button type="submit" class="button small primary" disabled={isBusy || text.trim() === ""}>
          {yes}
        </button>
      </div>
    </form>
  );
}

interface RefuseProps {
  request: PrivacyDetail;
  isBusy: boolean;
  onStep(name: string, body: object): Promise<boolean>;
  onBack(): void;
}

function Refuse({ request, isBusy, onStep, onBack }: RefuseProps) {
  const grounds = Object.keys(refusalGrounds).filter(
    (id) => request.state !== "received" || groundsWithoutIdentity.includes(id),
  );
  const [ground, setGround] = useState(grounds[0] ?? "");
  const [explanation, setExplanation] = useState("");
  return (
    <form
      class="office-form"
      onSubmit={(event) => {
        event.preventDefault();
        void onStep("refuse", { ground, explanation: explanation.trim() });
      }}
    >
      <label class="field">
        <span>{words.ground}</span>
        <select value={ground} onChange={(event) => setGround(event.currentTarget.value)}>
          {grounds.map((id) => (
            <option key={id} value={id}>
              {refusalGrounds[id]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{words.explanation}</span>
        <textarea rows={2} value={explanation} onInput={(event) => setExplanation(event.currentTarget.value)} />
      </label>
      <div class="buttons end">
        <button type="button" class="button small" onClick={onBack}>
          뒤로
        </button>
        <button type="submit" class="button small alarm" disabled={isBusy}>
          {words.refuse}
        </button>
      </div>
    </form>
  );
}
