/**
 * Who is logged in on the desk or in the studio. The cookie is the browser's, out of reach of this code; the CSRF
 * token is kept in memory only and goes with every changing call.
 */
import { Problem, type RequestOptions, request } from "../api/client";
import type { Session } from "../api/types";
import { Store } from "../store";

export type SessionState =
  | { kind: "checking" }
  | { kind: "out"; wasIn: boolean }
  | { kind: "unreachable"; error: unknown }
  | { kind: "in"; session: Session };

export class Staff {
  readonly state = new Store<SessionState>({ kind: "checking" });

  /** Find out who is logged in after a reload. */
  async check(): Promise<void> {
    this.state.set({ kind: "checking" });
    try {
      this.state.set({ kind: "in", session: await request<Session>("GET", "/api/desk/session") });
    } catch (error) {
      this.state.set(isLoggedOut(error) ? { kind: "out", wasIn: false } : { kind: "unreachable", error });
    }
  }

  async login(login: string, password: string): Promise<void> {
    const session = await request<Session>("POST", "/api/desk/login", { body: { login, password } });
    this.state.set({ kind: "in", session });
  }

  async logout(): Promise<void> {
    await this.call("POST", "/api/desk/logout", { body: {} }).catch(() => undefined);
    this.state.set({ kind: "out", wasIn: false });
  }

  /** Call the gateway as the one who is logged in; a lost session leads back to the login. */
  async call<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const state = this.state.value;
    const csrf = state.kind === "in" && method !== "GET" ? { csrf: state.session.csrf } : {};
    try {
      return await request<T>(method, path, { ...options, ...csrf });
    } catch (error) {
      if (isLoggedOut(error)) this.state.set({ kind: "out", wasIn: state.kind === "in" });
      throw error;
    }
  }
}

function isLoggedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}
