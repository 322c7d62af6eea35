import { runMain } from '@ebb/shared/telemetry/process.ts';
import { startWebhook } from './app.ts';

void runMain('webhook', startWebhook);
