import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, root } from '../lib/shell.ts';

const options = [
  'outputServices=grpc-js',
  'esModuleInterop=true',
  'importSuffix=.ts',
  'forceLong=number',
  'useExactTypes=false',
  'outputIndex=false',
  'outputPartialMethods=false',
  'outputJsonMethods=false',
  'snakeToCamel=true',
  'unrecognizedEnum=false',
  'env=node',
  'oneof=unions',
  'removeEnumPrefix=true',
  'useOptionals=none',
  'outputClientImpl=grpc-js',
];

/** packages/shared/src/proto/gen: typed messages and grpc-js stubs, by buf and ts-proto. */
export async function generateProto(): Promise<Record<string, string>> {
  const source = join(root, 'packages/shared/src/proto');
  const out = mkdtempSync(join(tmpdir(), 'ebb-proto-'));
  try {
    const template = JSON.stringify({
      version: 'v2',
      plugins: [{ local: join(root, 'node_modules/.bin/protoc-gen-ts_proto'), out, opt: options }],
    });
    await must('buf', ['generate', source, '--template', template]);
    const files: Record<string, string> = {};
    for (const name of readdirSync(out)) {
      const text = readFileSync(join(out, name), 'utf8').replace(/^\/\/ +protoc.*\n/gm, '');
      files[`packages/shared/src/proto/gen/${name}`] = text;
    }
    return files;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
