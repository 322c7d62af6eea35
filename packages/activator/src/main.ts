import { runMain } from '@ebb/shared/telemetry/process.ts';
import { startActivator } from './app.ts';

void runMain('activator', startActivator);
