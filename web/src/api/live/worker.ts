import type { ToLine } from './carrier';
import { Hub } from './hub';

const hub = new Hub();

// The types of a worker's scope exclude those of a page; this is all that is needed of them.
addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0];
  if (!port) return;
  port.onmessage = ({ data }: MessageEvent<ToLine>) => hub.take(port, data);
});
