import { runMain } from '@ebb/shared/telemetry/process.ts';
import { startController } from './app.ts';

void runMain('controller', startController);
