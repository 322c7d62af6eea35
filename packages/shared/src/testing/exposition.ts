/** The lines of a text of Prometheus without the labels that say whose instrument it is, which all of them have. */
export const linesOf = (text: string): string[] => text.replaceAll(/,?otel_scope_[a-z]+="[^"]*"/g, '').split('\n');
