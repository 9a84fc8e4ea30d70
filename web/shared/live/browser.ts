/** The browser's own side of a live line: real sockets, and the events that say it is worth trying again now. */
import type { LiveConnection, SocketLike, Surroundings } from "./connection";

export const browser: Surroundings = {
  openSocket: (address) => new WebSocket(address) as SocketLike,
  random: Math.random,
  isOnline: () => navigator.onLine,
};

/** Turn a path of this site into the address of a socket on the same origin. */
export function socketAddress(path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}

/** Wake the line when the network goes or returns, or the page is looked at again: each is a reason to look at once. */
export function wakeWithBrowser(connection: LiveConnection): () => void {
  const onVisible = () => {
    if (document.visibilityState === "visible") connection.wake();
  };
  const wake = () => connection.wake();
  addEventListener("online", wake);
  addEventListener("offline", wake);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    removeEventListener("online", wake);
    removeEventListener("offline", wake);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
