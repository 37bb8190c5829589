import { afterEach, describe, expect, it, vi } from 'vitest';
import { Announcement, announcementTime } from './directory.js';

afterEach(() => vi.useRealTimers());

describe('an announcement', () => {
  it('holds for a while after it was accepted, and no longer', () => {
    vi.useFakeTimers();
    const announcement = new Announcement();
    expect(announcement.holds()).toBe(false);
    announcement.renew();
    expect(announcement.holds()).toBe(true);
    vi.advanceTimersByTime(announcementTime - 1);
    expect(announcement.holds()).toBe(true);
    vi.advanceTimersByTime(1);
    expect(announcement.holds()).toBe(false);
    announcement.renew();
    expect(announcement.holds()).toBe(true);
  });
});
