/** Reads what a page's main thread has cost, through the DevTools protocol. */
export class Meter {
  static async open(page) {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await session.send('HeapProfiler.enable');
    return new Meter(page, session);
  }

  constructor(page, session) {
    this.page = page;
    this.session = session;
  }

  async #metric(name) {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return metrics.find((metric) => metric.name === name)?.value ?? 0;
  }

  /** Milliseconds of main thread since the process began. */
  async ticks() {
    return (await this.#metric('TaskDuration')) * 1000;
  }

  /** What a piece of work costs, in milliseconds of main thread. */
  async cost(work) {
    const before = await this.ticks();
    await work();
    return (await this.ticks()) - before;
  }

  /** Bytes of JavaScript heap that survive a collection. */
  async heap() {
    await this.session.send('HeapProfiler.collectGarbage');
    await this.session.send('HeapProfiler.collectGarbage');
    return this.#metric('JSHeapUsedSize');
  }

  /** Until the next frame has been painted. */
  frame() {
    return this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }

  /** Leaves the page alone, so that what it still has to do is counted as well. */
  rest(ms) {
    return this.page.waitForTimeout(ms);
  }
}

/** Notes how long the page took to answer each press; what was faster than a frame is not told. */
export const watchPresses = (page) =>
  page.addInitScript(() => {
    const presses = new Map();
    Reflect.set(window, 'presses', presses);
    new PerformanceObserver((entries) => {
      for (const { interactionId, duration } of entries.getEntries()) {
        if (!interactionId) continue;
        presses.set(interactionId, Math.max(duration, presses.get(interactionId) ?? 0));
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: true });
  });

/** Durations of all presses so far, in ms; those faster than a frame count as half of one. */
export const presses = (page) =>
  page.evaluate(() => {
    const told = [...Reflect.get(window, 'presses').values()];
    const untold = Math.max(0, performance.interactionCount - told.length);
    return [...told, ...Array(untold).fill(8)];
  });

export const percentile = (values, part) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
