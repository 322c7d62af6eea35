import { runMain } from '@ebb/shared/telemetry/process.ts';
import { startGateway } from './app.ts';
import { runWorker } from './workers/worker.ts';

void (process.argv[2] === 'worker' ? runWorker() : runMain('gateway', startGateway));
