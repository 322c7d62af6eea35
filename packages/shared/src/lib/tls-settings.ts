import type { SecureContextOptions, SecureVersion } from 'node:tls';

type Env = Record<string, string | undefined>;

const versions: Record<string, SecureVersion> = { '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' };

const curves: Record<string, string> = {
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
  'P-256': 'P-256',
  'P-384': 'P-384',
  'P-521': 'P-521',
  X25519: 'X25519',
  X25519MLKEM768: 'X25519MLKEM768',
};

const suites13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` → `ECDHE-RSA-AES128-GCM-SHA256`; those of TLS 1.3 keep their name. */
function cipher(name: string): string | undefined {
  if (suites13.includes(name)) return name;
  const [, key, cipher] = /^TLS_ECDHE_(RSA|ECDSA)_WITH_(.+)$/.exec(name) ?? [];
  const known: Record<string, string> = {
    AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
    AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
    CHACHA20_POLY1305_SHA256: 'CHACHA20-POLY1305',
    AES_128_CBC_SHA: 'AES128-SHA',
    AES_256_CBC_SHA: 'AES256-SHA',
  };
  return key && known[cipher ?? ''] && `ECDHE-${key}-${known[cipher ?? '']}`;
}

const names = (value: string): string[] =>
  value
    .split(',')
    .map((v) => v.trim())
    .filter(Boolean);

/**
 * TLS as the variables TLS_MIN_VERSION, TLS_MAX_VERSION, TLS_CIPHER_SUITES and TLS_CURVE_PREFERENCES behind `prefix` want
 * it, with the names Go gives to suites and curves. 1.3 at least where nothing is said (contract control-plane 4.1, 7.3).
 * Suites of TLS 1.3 cannot be chosen, as in Go: all of them are on.
 */
export function tlsSettings(env: Env, prefix: string): SecureContextOptions {
  const version = (name: string): SecureVersion | undefined => {
    const value = env[prefix + name];
    if (!value) return undefined;
    const found = versions[value];
    if (!found) throw new Error(`invalid ${prefix}${name} ${JSON.stringify(value)}: unsupported TLS version: must be "1.2" or "1.3"`);
    return found;
  };
  const listed = (name: string, what: string, known: (value: string) => string | undefined): string[] => {
    return names(env[prefix + name] ?? '').map((value) => {
      const ours = known(value);
      if (!ours) throw new Error(`invalid ${prefix}${name}: unknown ${what} ${JSON.stringify(value)}`);
      return ours;
    });
  };
  const minVersion = version('TLS_MIN_VERSION') ?? 'TLSv1.3';
  const maxVersion = version('TLS_MAX_VERSION');
  if (maxVersion && minVersion > maxVersion) throw new Error(`${prefix}TLS_MIN_VERSION is greater than ${prefix}TLS_MAX_VERSION`);
  const suites = listed('TLS_CIPHER_SUITES', 'cipher suite', cipher);
  const chosen = listed('TLS_CURVE_PREFERENCES', 'curve', (value) => curves[value]);
  return {
    minVersion,
    maxVersion,
    ciphers: suites.length > 0 ? [...new Set([...suites13, ...suites])].join(':') : undefined,
    ecdhCurve: chosen.length > 0 ? chosen.join(':') : undefined,
  };
}
