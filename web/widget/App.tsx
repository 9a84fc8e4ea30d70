/** The customer's page: choose who you are (demo only), then talk. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { Chat } from "./Chat";
import { Conversation } from "./conversation";
import { StartPage } from "./StartPage";
import { type ChatSession, findSession, forgetSession, keepSession } from "./session";

export function App() {
  const [session, setSession] = useState<ChatSession | null>(findSession);
  const [conversation, setConversation] = useState<Conversation | null>(null);

  const begin = useCallback((started: ChatSession) => {
    keepSession(started);
    setSession(started);
  }, []);

  useEffect(() => {
    if (!session) return setConversation(null);
    const opened = new Conversation(session, begin);
    opened.open();
    setConversation(opened);
    return () => opened.leave();
  }, [session, begin]);

  if (!session) return <StartPage onStarted={begin} />;
  if (!conversation) return null;
  const startAnew = () => {
    conversation.leave();
    forgetSession();
    setSession(null);
  };
  return <Chat key={session.conversation_id} conversation={conversation} onNew={startAnew} />;
}
