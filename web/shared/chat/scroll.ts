/**
 * Keep the newest message in sight, unless the reader has scrolled up to read: then say that there is more below.
 */
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const NEAR_PX = 80;

export interface StickyScroll {
  hasUnseen: boolean;
  toEnd(): void;
}

/** `count` changes when something was added; with `ownCount` rising, the reader has written and wants to see it. Another conversation is another component: give it a `key`. */
export function useStickyScroll(box: RefObject<HTMLElement | null>, count: number, ownCount: number): StickyScroll {
  const isNear = useRef(true);
  const [hasUnseen, setHasUnseen] = useState(false);

  const toEnd = useCallback(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    isNear.current = true;
    setHasUnseen(false);
  }, [box]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let height = element.clientHeight;
    const onScroll = () => {
      // A box that has just shrunk (keyboard, longer draft) has not been scrolled by its reader.
      if (element.clientHeight !== height) return;
      isNear.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      if (isNear.current) setHasUnseen(false);
    };
    const onResize = new ResizeObserver(() => {
      height = element.clientHeight;
      if (isNear.current) element.scrollTop = element.scrollHeight;
    });
    element.addEventListener("scroll", onScroll, { passive: true });
    onResize.observe(element);
    // What is in it grows too: a note under a message, a card's lines breaking anew.
    if (element.firstElementChild) onResize.observe(element.firstElementChild);
    return () => {
      element.removeEventListener("scroll", onScroll);
      onResize.disconnect();
    };
  }, [box]);

  useLayoutEffect(toEnd, [toEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when something was added
  useLayoutEffect(() => {
    if (isNear.current) toEnd();
    else setHasUnseen(true);
  }, [count, toEnd]);
  const owned = useRef(ownCount);
  useLayoutEffect(() => {
    if (ownCount > owned.current) toEnd();
    owned.current = ownCount;
  }, [ownCount, toEnd]);

  return { hasUnseen, toEnd };
}
