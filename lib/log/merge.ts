import type { LogEntry } from './entry.js';

/** A part of one channel's log, as read. */
export interface Page {
  /** In order of seq; expired ones are left out. */
  readonly entries: readonly LogEntry[];
  /** The seq up to which this page is complete. */
  readonly upTo: number;
}

/** Several channels' pages in one order. */
export interface MergedPage {
  readonly entries: readonly LogEntry[];
  readonly upTo: number;
}

/**
 * Merges pages by position, only as far as every channel has been read: an
 * event beyond that could stand behind one of another channel not read yet.
 */
export function mergePages(pages: readonly Page[], fence: number): MergedPage {
  let upTo = fence;
  for (const page of pages) {
    upTo = Math.min(upTo, page.upTo);
  }
  const [only] = pages;
  if (pages.length === 1 && only !== undefined) {
    return { entries: only.entries, upTo };
  }
  const entries: LogEntry[] = [];
  for (const page of pages) {
    for (const entry of page.entries) {
      if (entry.seq > upTo) {
        break;
      }
      entries.push(entry);
    }
  }
  entries.sort((a, b) => a.seq - b.seq);
  return { entries, upTo };
}
