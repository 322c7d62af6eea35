import { describe, expect, test } from 'vitest';
import { changes } from './diff.ts';

const pod = (container: object, more: object = {}) => ({ containers: [{ name: 'a', image: 'i', ...container }], ...more });
const of = (before: object, after: object): string[] => changes('RevisionSpec', 'R', before, after).split('\n').slice(0, -1);

describe('what changed', () => {
  test('is nothing where both mean the same', () => {
    const before = pod({ resources: { limits: { cpu: '1', memory: '1Gi' } }, command: [], env: undefined }, { timeoutSeconds: 5 });
    const after = pod({ resources: { limits: { memory: '1024Mi', cpu: '1000m' }, requests: {} }, workingDir: '' }, { timeoutSeconds: 5 });
    expect(of(before, after)).toEqual([]);
  });

  test.each<[string, object, object, string[]]>([
    ['a text', pod({}), pod({ image: 'j' }), ['R.PodSpec.Containers[0].Image:', '\t-: "i"', '\t+: "j"']],
    ['a text that was empty', pod({}), pod({ workingDir: '/' }), ['R.PodSpec.Containers[0].WorkingDir:', '\t-: ""', '\t+: "/"']],
    [
      'a number behind a pointer',
      pod({}, { timeoutSeconds: 5 }),
      pod({}, { timeoutSeconds: 6 }),
      ['*R.TimeoutSeconds:', '\t-: "5"', '\t+: "6"'],
    ],
    ['one that was not set', pod({}), pod({}, { timeoutSeconds: 6 }), ['R.TimeoutSeconds:', '\t-: "<nil>"', '\t+: "6"']],
    ['a list that was empty', pod({}), pod({ args: ['a', 'b'] }), ['R.PodSpec.Containers[0].Args:', '\t-: "[]"', '\t+: "[a b]"']],
    [
      'entries of a list',
      pod({ args: ['a', 'b', 'c'] }),
      pod({ args: ['a', 'x', 'y', 'c'] }),
      ['R.PodSpec.Containers[0].Args[1]:', '\t-: "b"', '\t+: "x"', 'R.PodSpec.Containers[0].Args[?->2]:', '\t+: "y"'],
    ],
    [
      'an entry that went',
      pod({ ports: [{ containerPort: 1 }, { containerPort: 2 }] }),
      pod({ ports: [{ containerPort: 2 }] }),
      ['R.PodSpec.Containers[0].Ports[0->?]:', '\t-: v1.ContainerPort: "{Name: HostPort:0 ContainerPort:1 Protocol: HostIP:}"'],
    ],
    [
      'keys of a map',
      pod({}, { nodeSelector: { a: '1', b: '2' } }),
      pod({}, { nodeSelector: { b: '3', c: '4' } }),
      [
        'R.PodSpec.NodeSelector["a"]:',
        '\t-: "1"',
        'R.PodSpec.NodeSelector["b"]:',
        '\t-: "2"',
        '\t+: "3"',
        'R.PodSpec.NodeSelector["c"]:',
        '\t+: "4"',
      ],
    ],
    [
      'a port that was a number',
      pod({ livenessProbe: { tcpSocket: { port: 8080 } } }),
      pod({ livenessProbe: { tcpSocket: { port: 'http' } } }),
      ['Type:', '\t-: "0"', '\t+: "1"', 'IntVal:', '\t-: "8080"', '\t+: "0"', 'StrVal:', '\t-: ""', '\t+: "http"'].map((l) =>
        l.endsWith(':') ? `R.PodSpec.Containers[0].LivenessProbe.ProbeHandler.TCPSocket.Port.${l}` : l,
      ),
    ],
    [
      'an object that was not there',
      pod({}),
      pod({ securityContext: { runAsUser: 5, capabilities: { drop: ['ALL'] } } }),
      [
        'R.PodSpec.Containers[0].SecurityContext:',
        '\t-: "nil"',
        '\t+: "&SecurityContext{Capabilities:&Capabilities{Add:[],Drop:[ALL],},Privileged:nil,SELinuxOptions:nil,RunAsUser:*5,RunAsNonRoot:nil,ReadOnlyRootFilesystem:nil,AllowPrivilegeEscalation:nil,RunAsGroup:nil,ProcMount:nil,WindowsOptions:nil,SeccompProfile:nil,AppArmorProfile:nil,}"',
      ],
    ],
    [
      'objects within objects',
      pod({}),
      pod({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }] }),
      [
        'R.PodSpec.Containers[0].Env:',
        '\t-: "[]"',
        '\t+: "[{Name:A Value: ValueFrom:&EnvVarSource{FieldRef:nil,ResourceFieldRef:nil,ConfigMapKeyRef:nil,SecretKeyRef:&SecretKeySelector{LocalObjectReference:LocalObjectReference{Name:s,},Key:k,Optional:*true,},FileKeyRef:nil,}}]"',
      ],
    ],
  ])('is told: %s', (_what, before, after, lines) => {
    expect(of(before, after)).toEqual(lines);
  });

  test('stands in the order of the types, not of the documents', () => {
    const lines = of({ timeoutSeconds: 1, ...pod({ image: 'i' }) }, { timeoutSeconds: 2, ...pod({ image: 'j' }) });
    expect(lines.filter((l) => l.includes('R.'))).toEqual(['R.PodSpec.Containers[0].Image:', '*R.TimeoutSeconds:']);
  });
});
