/** Shows a staff page to whom it may be shown, and the login to everybody else. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../api/types";
import { useStore } from "../store";
import icon from "../styles/icon.svg";
import { common } from "../words/common";
import { errorWords } from "../words/errors";
import { staff as words } from "../words/staff";
import type { Staff } from "./session";

export interface SessionGateProps {
  staff: Staff;
  title: string;
  children(session: Session): ComponentChildren;
}

export function SessionGate({ staff, title, children }: SessionGateProps) {
  const state = useStore(staff.state);
  useEffect(() => void staff.check(), [staff]);
  if (state.kind === "in") return <>{children(state.session)}</>;
  if (state.kind === "out") return <Login staff={staff} title={title} wasIn={state.wasIn} />;
  return (
    <main class="login">
      {state.kind === "checking" ? (
        <p class="quiet center">{words.checking}</p>
      ) : (
        <div class="notice error" role="alert">
          <p>{errorWords(state.error)}</p>
          <button type="button" class="button small" onClick={() => void staff.check()}>
            {common.retry}
          </button>
        </div>
      )}
    </main>
  );
}

function Login({ staff, title, wasIn }: { staff: Staff; title: string; wasIn: boolean }) {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = async () => {
    setBusy(true);
    setError(null);
    await staff.login(login.trim(), password).catch((failure: unknown) => {
      setError(failure);
      setPassword("");
    });
    setBusy(false);
  };

  return (
    <main class="login">
      <header>
        <img src={icon} alt="" width={48} height={48} />
        <h1>{title}</h1>
        {wasIn && <p class="quiet">{words.loggedOut}</p>}
      </header>
      <form
        data-testid="login-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit();
        }}
      >
        <label class="field">
          <span>{words.login}</span>
          <input
            name="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            value={login}
            onInput={(event) => setLogin(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>{words.password}</span>
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        {error !== null && (
          <p class="notice error" role="alert">
            {errorWords(error)}
          </p>
        )}
        <button type="submit" class="button primary wide" disabled={isBusy}>
          {isBusy ? words.submitting : words.submit}
        </button>
      </form>
    </main>
  );
}
