import { annotationDocs } from '../../../packages/shared/src/api/annotation-docs.ts';
import { type AnnotationName, annotations } from '../../../packages/shared/src/api/annotations.ts';
import { labelDocs } from '../../../packages/shared/src/api/label-docs.ts';
import { labels } from '../../../packages/shared/src/api/labels.ts';
import { code, table } from './markdown.ts';

const names = Object.keys(annotations) as AnnotationName[];
const spellings = (name: AnnotationName): string => {
  const [first, ...others] = annotations[name];
  return others.length ? `${code(first)}\nor ${others.map(code).join(', ')}` : code(first);
};

const groups: { title: string; about: string; has: (name: AnnotationName) => boolean }[] = [
  {
    title: 'Scaling',
    about: 'Under `spec.template.metadata.annotations` of a Service or Configuration; on the Service itself they are refused.',
    has: (n) => annotations[n][0].startsWith('autoscaling.'),
  },
  { title: 'Networking', about: '', has: (n) => annotations[n][0].startsWith('networking.knative') && annotationDocs[n].by === 'you' },
  {
    title: 'Others that you write',
    about: '',
    has: (n) => annotationDocs[n].by === 'you' && !/^(autoscaling|networking)\./.test(annotations[n][0]),
  },
  { title: 'Written for you', about: '', has: (n) => annotationDocs[n].by !== 'you' },
];

/** Annotations by purpose, then labels. Of several spellings the first that is there counts. */
export function annotationsPage(): string {
  const sections = groups.map(({ title, about, has }) => {
    const mine = title === 'Written for you';
    const rows = names.filter(has).map((n) => {
      const { on, by, values, otherwise = '', doc } = annotationDocs[n];
      return mine ? [spellings(n), on, by, values, doc] : [spellings(n), on, values, otherwise, doc];
    });
    const heads = mine ? ['Annotation', 'On', 'By', 'Value', 'Meaning'] : ['Annotation', 'On', 'Value', 'Without it', 'Meaning'];
    return `## ${title}\n\n${about ? `${about}\n\n` : ''}${table(heads, rows)}`;
  });
  const rows = (Object.keys(labels) as (keyof typeof labels)[]).map((n) => {
    const { on, by, values, doc } = labelDocs[n];
    return [code(labels[n]), on, by, values, doc];
  });
  return `Where there are several spellings, the first one that is there counts, even when it is empty.\n\n${sections.join('\n')}\n## Labels\n\n${table(['Label', 'On', 'By', 'Value', 'Meaning'], rows)}`;
}
