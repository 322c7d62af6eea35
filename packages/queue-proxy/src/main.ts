import { runMain } from '@ebb/shared/telemetry/process.ts';
import { startQueueProxy } from './app.ts';

void runMain('queue-proxy', (log) => startQueueProxy(log));
