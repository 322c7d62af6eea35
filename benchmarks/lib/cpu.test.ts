import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findCgroup, readCpu } from './cpu.ts';

const root = mkdtempSync(join(tmpdir(), 'ebb-cgroup-'));
afterAll(() => rmSync(root, { recursive: true }));

const uid = '1b2c3d4e-0000-4000-8000-123456789abc';

function cgroup(path: string, file: string, content: string): string {
  const dir = join(root, path);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, file), content);
  return dir;
}

it('finds a container under the cgroupfs driver and reads version 1, which counts nanoseconds', () => {
  const dir = cgroup(`v1/kubepods/burstable/pod${uid}/abc123`, 'cpuacct.usage', '1234567000\n');
  expect(findCgroup(join(root, 'v1'), uid, 'abc123')).toBe(dir);
  expect(readCpu(dir)).toBe(1_234_567);
});

it('finds a container under the systemd driver and reads version 2, which counts microseconds', () => {
  const slice = `kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;
  const path = `v2/kubepods.slice/kubepods-burstable.slice/${slice}/cri-containerd-abc123.scope`;
  const dir = cgroup(path, 'cpu.stat', 'usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n');
  expect(findCgroup(join(root, 'v2'), uid, 'abc123')).toBe(dir);
  expect(readCpu(dir)).toBe(1_234_567);
});

it('finds nothing for another pod, another container, or where there are no cgroups', () => {
  expect(findCgroup(join(root, 'v1'), uid, 'def456')).toBeUndefined();
  expect(findCgroup(join(root, 'v1'), 'another-pod', 'abc123')).toBeUndefined();
  expect(findCgroup(join(root, 'none'), uid, 'abc123')).toBeUndefined();
});
