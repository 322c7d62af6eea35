import { cleanUp, onCleanUp } from '@ebb/shared/testing/http.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Backends } from '../core/capacity.ts';
import type { ProbeResult } from './probe.ts';
import { Prober, type ProberOptions } from './prober.ts';

afterEach(cleanUp);

/** A prober whose world is a table of answers. */
function prober(mesh: Partial<ProberOptions['mesh']> = {}) {
  const answers: Record<string, ProbeResult> = {};
  const asked: string[] = [];
  const told: Backends[] = [];
  const one = new Prober({
    mesh: { mode: 'auto', passthrough: false, ...mesh },
    clusterIP: () => '10.96.0.1:80',
    frequencyMs: 20,
    eagerMs: 5,
    announcedMs: () => 2,
    changed: (backends) => told.push(backends),
    probe: async (dest) => {
      asked.push(dest);
      return answers[dest] ?? 'unreachable';
    },
  });
  onCleanUp(() => one.stop());
  const last = () => told.at(-1);
  return { one, answers, asked, told, last };
}

const ready = (dest: string) => ({ dest, ready: true });
const notReady = (dest: string) => ({ dest, ready: false });
const pods = (...healthy: string[]) => ({ mode: 'pods', healthy });

describe('Prober', () => {
  test('asks until a pod answers, whatever Kubernetes thinks of it, and then no more', async () => {
    const p = prober();
    p.one.update([notReady('a')]);
    await until(() => p.asked.length >= 3);
    p.answers.a = 'ready';
    await until(() => expect(p.last()).toEqual(pods('a')));
    const asked = p.asked.length;
    p.one.update([ready('a')]);
    expect([p.asked.length, p.last()]).toEqual([asked, pods('a')]);
  });

  test('drops at once what is gone, and asks again what Kubernetes took back', async () => {
    const p = prober();
    Object.assign(p.answers, { a: 'ready', b: 'ready' });
    p.one.update([ready('a'), ready('b')]);
    await until(() => expect(p.last()).toEqual(pods('a', 'b')));
    p.one.update([ready('a')]);
    expect(p.last()).toEqual(pods('a'));
    p.answers.a = 'refused';
    p.one.update([notReady('a')]);
    expect(p.last()).toEqual(pods());
    p.answers.a = 'ready';
    await until(() => expect(p.last()).toEqual(pods('a')));
  });

  test('asks again a pod that refused a connection', async () => {
    const p = prober();
    p.answers.a = 'ready';
    p.one.update([ready('a')]);
    await until(() => expect(p.last()).toEqual(pods('a')));
    p.one.suspect('a');
    expect(p.last()).toEqual(pods());
    await until(() => expect(p.last()).toEqual(pods('a')));
  });

  test('goes by the cluster IP when pods that Kubernetes calls ready cannot be reached, and leaves it when one can', async () => {
    const p = prober();
    p.answers['10.96.0.1:80'] = 'ready';
    p.one.update([ready('a'), notReady('b')]);
    await until(() => expect(p.last()).toEqual({ mode: 'clusterIP', dest: '10.96.0.1:80', ready: 1 }));
    p.answers.b = 'ready';
    p.one.update([ready('a'), ready('b')]);
    await until(() => expect(p.last()).toEqual(pods('b')));
  });

  test.each([
    ['no pod is ready', {}, [notReady('a')], 'unreachable'],
    ['a pod answers like a server', {}, [ready('a')], 'refused'],
    ['the mesh passes through', { passthrough: true }, [ready('a')], 'unreachable'],
    ['the mesh is disabled', { mode: 'disabled' }, [notReady('a')], 'unreachable'],
  ] as const)('leaves the cluster IP alone when %s', async (_name, mesh, candidates, answer) => {
    const p = prober(mesh);
    p.answers['10.96.0.1:80'] = 'ready';
    p.answers.a = answer;
    p.one.update(candidates);
    await until(() => p.asked.length >= 4);
    expect(new Set(p.asked)).toEqual(new Set(['a']));
  });

  test('asks an announced pod by its name, until the API shows it', async () => {
    const names: (string | undefined)[] = [];
    const one = new Prober({
      mesh: { mode: 'auto', passthrough: false },
      clusterIP: () => undefined,
      ...{ frequencyMs: 20, eagerMs: 5, announcedMs: () => 1 },
      changed: () => undefined,
      probe: async (_dest, _signal, announced) => {
        names.push(announced);
        return 'unreachable';
      },
    });
    onCleanUp(() => one.stop());
    one.update([{ ...notReady('a'), announced: 'pod-a' }]);
    await until(() => names.length >= 2);
    one.update([notReady('a')]);
    await until(() => names.at(-1) === undefined);
    expect(names.slice(0, 2)).toEqual(['pod-a', 'pod-a']);
  });

  test('asks a pod again at once that took its time to say no while requests are held', async () => {
    vi.useFakeTimers();
    onCleanUp(() => vi.useRealTimers());
    let answer: (result: ProbeResult) => void = () => undefined;
    let asked = 0;
    const one = new Prober({
      mesh: { mode: 'auto', passthrough: false },
      clusterIP: () => undefined,
      ...{ frequencyMs: 200, eagerMs: 25, announcedMs: () => 5 },
      changed: () => undefined,
      probe: () => {
        asked++;
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    onCleanUp(() => one.stop());
    const saysNoAfter = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      answer('refused');
      await vi.advanceTimersByTimeAsync(0);
    };
    one.update([notReady('a')]);
    await saysNoAfter(30);
    expect(asked).toBe(1);
    one.eager = true;
    expect(asked).toBe(2);
    await saysNoAfter(30);
    expect(asked).toBe(3);
    await saysNoAfter(3);
    expect(asked).toBe(3);
  });

  test('asks nobody but the cluster IP when the mesh hides all pods', async () => {
    const p = prober({ mode: 'enabled' });
    p.answers['10.96.0.1:80'] = 'ready';
    p.one.update([ready('a')]);
    await until(() => expect(p.last()).toMatchObject({ mode: 'clusterIP' }));
    expect(p.asked).toEqual(['10.96.0.1:80']);
  });

  test('trusts Kubernetes when the mesh is disabled', () => {
    const p = prober({ mode: 'disabled' });
    p.one.update([ready('a'), notReady('b')]);
    expect(p.told[0]).toEqual(pods('a'));
    expect(p.asked).toEqual(['b']);
  });
});
