/** Before the conversation: the demo-customer picker where there is demo data, one button where there is none. */
import { useEffect, useState } from "preact/hooks";
import { Problem, request } from "../shared/api/client";
import type { DemoCustomer } from "../shared/api/types";
import icon from "../shared/styles/icon.svg";
import { common } from "../shared/words/common";
import { errorWords } from "../shared/words/errors";
import { widget } from "../shared/words/widget";
import type { ChatSession } from "./session";

type Customers = DemoCustomer[] | "loading" | "none" | Error;

export function StartPage({ onStarted }: { onStarted(session: ChatSession): void }) {
  const [customers, setCustomers] = useState<Customers>("loading");
  const [isStarting, setStarting] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const load = () => {
    setCustomers("loading");
    listCustomers().then(setCustomers, setCustomers);
  };
  useEffect(load, []);

  const start = async (customer?: DemoCustomer) => {
    setStarting(true);
    setError(null);
    try {
      onStarted(await openConversation(customer));
    } catch (failure) {
      setError(failure);
      setStarting(false);
    }
  };

  return (
    <main class="start">
      <header class="start-head">
        <img src={icon} alt="" width={48} height={48} />
        <h1>{Array.isArray(customers) ? widget.pickTitle : widget.startTitle}</h1>
        {Array.isArray(customers) && <p class="quiet">{widget.pickHint}</p>}
      </header>
      {error !== null && (
        <p class="notice error" role="alert">
          {widget.startFailed} {errorWords(error)}
        </p>
      )}
      <StartChoices customers={customers} isStarting={isStarting} onStart={start} onReload={load} />
      <p class="start-terms quiet">{widget.greeting[1]}</p>
    </main>
  );
}

interface StartChoicesProps {
  customers: Customers;
  isStarting: boolean;
  onStart(customer?: DemoCustomer): void;
  onReload(): void;
}

function StartChoices({ customers, isStarting, onStart, onReload }: StartChoicesProps) {
  if (customers === "loading") return <p class="quiet center">{common.loading}</p>;
  if (customers instanceof Error) {
    return (
      <div class="notice error" role="alert">
        <p>{errorWords(customers)}</p>
        <button type="button" class="button" onClick={onReload}>
          {common.retry}
        </button>
      </div>
    );
  }
  if (customers === "none") {
    return (
      <button
        type="button"
        class="button primary wide"
        data-testid="start"
        disabled={isStarting}
        onClick={() => onStart()}
      >
        {widget.start}
      </button>
    );
  }
  return (
    <ul class="picker" data-testid="customer-picker">
      {customers.map((customer) => (
        <li key={customer.customer_id}>
          <PickerButton
            id={customer.customer_id}
            name={customer.name}
            story={customer.story}
            isDisabled={isStarting}
            onPick={() => onStart(customer)}
          />
        </li>
      ))}
      <li>
        <PickerButton
          id="anonymous"
          name={widget.anonymous}
          story={widget.anonymousStory}
          isDisabled={isStarting}
          onPick={() => onStart()}
        />
      </li>
    </ul>
  );
}

interface PickerButtonProps {
  id: string;
  name: string;
  story: string;
  isDisabled: boolean;
  onPick(): void;
}

function PickerButton({ id, name, story, isDisabled, onPick }: PickerButtonProps) {
  return (
    <button
      type="button"
      class="picker-item"
      data-testid="customer"
      data-customer={id}
      disabled={isDisabled}
      onClick={onPick}
    >
      <span class="picker-mark" aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <span class="picker-words">
        <strong>{name}</strong>
        <span class="quiet">{story}</span>
      </span>
    </button>
  );
}

async function openConversation(customer: DemoCustomer | undefined): Promise<ChatSession> {
  const open = (body: object) => request<ChatSession>("POST", "/api/chat/conversations", { body });
  if (!customer) return open({});
  try {
    return await open({ identity_token: customer.identity_token });
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) throw error;
    // Demo identities live for minutes and this page may have been open for longer: take a fresh one.
    const customers = await listCustomers();
    const fresh = customers === "none" ? undefined : customers.find((one) => one.customer_id === customer.customer_id);
    if (!fresh) throw error;
    return open({ identity_token: fresh.identity_token });
  }
}

async function listCustomers(): Promise<DemoCustomer[] | "none"> {
  try {
    return (await request<{ customers: DemoCustomer[] }>("GET", "/api/demo/customers")).customers;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return "none";
    throw error;
  }
}
