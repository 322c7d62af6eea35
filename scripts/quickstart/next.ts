import type { Kubectl } from '../lib/kubectl.ts';

/** What to try now, as commands to copy. */
export function next(kubectl: Kubectl, host: string): string {
  const { context, kubeconfig } = kubectl.target;
  const access = context ? `kubectl config use-context ${context}` : `export KUBECONFIG=${kubeconfig}`;
  const path = kubectl.program.includes('/') ? `\n  export PATH=$PATH:${kubectl.program.replace(/\/kubectl$/, '')}` : '';
  const ask = context
    ? `kubectl port-forward -n knative-serving service/gateway 8080:80 &\n  curl -H 'Host: ${host}' http://127.0.0.1:8080`
    : `curl http://${host}                                # or: curl -H 'Host: ${host}' http://127.0.0.1`;
  return `
What to try next:
  ${access}${path}
  ${ask}
  kubectl get ksvc,configurations,revisions,routes,pa,sks,king
  kubectl get pods -w                                      # and curl in another terminal
  kubectl patch ksvc hello --type=merge -p '{"spec":{"template":{"spec":{"containers":[{"image":"dev.local/ebb/hello:2.0.0"}]}}}}'
  kn service update hello --traffic hello-00001=50 --traffic @latest=50
  npm run bench coldstart                                  # ten cold starts beside the plain Deployment
  npm run dev -- gateway                                   # a component from source, in place of its pods
  npm run quickstart -- --down                             # takes it all away
`;
}
