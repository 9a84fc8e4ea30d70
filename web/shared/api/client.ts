/**
 * The one way from a page to the gateway.
 *
 * Every call has a timeout, every failure is one of the two errors below, and no failure carries wording:
 * pages turn errors into Korean with `shared/words/errors`.
 *
 *   RequestError
 *   ├── Unreachable      no answer: offline, gateway restarting, timeout
 *   └── Problem          an answer that says no (RFC 9457, stable `code`)
 */

export class RequestError extends Error {}

export class Unreachable extends RequestError {}

export class Problem extends RequestError {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The whole body, for members beyond the standard ones, such as `winner`. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Record<string, unknown>) {
    const code = typeof body["code"] === "string" ? body["code"] : "unknown";
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.detail = typeof body["detail"] === "string" ? body["detail"] : "";
    this.body = body;
  }
}

export interface RequestOptions {
  body?: unknown;
  bearer?: string;
  csrf?: string;
  signal?: AbortSignal;
  timeout_ms?: number;
}

const TIMEOUT_MS = 10_000;

/** Send one request and return the decoded answer; raises `Unreachable` or `Problem`. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, options.timeout_ms ?? TIMEOUT_MS);
  options.signal?.addEventListener("abort", stop, { once: true });
  if (options.signal?.aborted) stop();
  try {
    return await exchange<T>(method, path, options, limit.signal);
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new Unreachable(path, { cause: error });
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", stop);
  }
}

async function exchange<T>(method: string, path: string, options: RequestOptions, signal: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.bearer) headers["authorization"] = `Bearer ${options.bearer}`;
  if (options.csrf) headers["x-csrf-token"] = options.csrf;
  const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
  const response = await fetch(path, {
    method,
    headers,
    signal,
    credentials: "same-origin",
    cache: "no-store",
    ...body,
  });
  const decoded = decode(await response.text());
  if (response.ok) return decoded as T;
  // A proxy's or a restarting gateway's bare 502–504 says nothing about the request: worth trying again.
  if (response.status >= 502 && response.status <= 504 && !decoded?.["code"]) throw new Unreachable(path);
  throw new Problem(response.status, decoded ?? {});
}

function decode(text: string): Record<string, unknown> | null {
  if (!text) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Whether the same request may succeed later without any change. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && (error.status >= 500 || error.status === 429));
}
