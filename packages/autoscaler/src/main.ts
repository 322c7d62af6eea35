import { runMain } from '@ebb/shared/telemetry/process.ts';
import { startAutoscaler } from './app.ts';

void runMain('autoscaler', startAutoscaler);
