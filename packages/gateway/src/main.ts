import { runMain } from '@ebb/shared/telemetry/process.ts';
import { startGateway } from './app.ts';

void runMain('gateway', startGateway);
