import { useId } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { UserId } from '#protocol/ids.ts';
import { foundKinds, type FoundKind, type SearchFilters } from './filters.ts';
import { SenderField } from './SenderField.tsx';
import shapes from '#app/ui/Shapes.module.css';
import styles from './FilterFields.module.css';

interface FilterFieldsProps {
  filters: SearchFilters;
  /** The possible senders, by name. */
  people: readonly { id: UserId; name: string }[];
  onChange: (filters: SearchFilters) => void;
}

/** The filters of a search: the kind of message, its sender, and its days. */
export function FilterFields({ filters, people, onChange }: FilterFieldsProps) {
  const words = useWords();
  const id = useId();
  const day = (key: 'fromDay' | 'toDay', label: string) => (
    <label className={styles.field}>
      <span>{label}</span>
      <input
        type="date"
        className={shapes.input}
        value={filters[key] ?? ''}
        onChange={({ target }) => onChange(changed(filters, key, target.value))}
      />
    </label>
  );
  return (
    <div className={styles.fields} role="group" aria-label={words('search.filters')}>
      <label className={styles.field} htmlFor={`${id}-kind`}>
        <span>{words('search.kind')}</span>
        <select
          id={`${id}-kind`}
          className={shapes.input}
          value={filters.kind ?? ''}
          onChange={({ target }) => onChange(changed(filters, 'kind', target.value as FoundKind | ''))}
        >
          <option value="">{words('search.anything')}</option>
          {foundKinds.map((kind) => (
            <option key={kind} value={kind}>
              {words(`search.${kind}`)}
            </option>
          ))}
        </select>
      </label>
      <SenderField
        people={people}
        chosen={filters.from}
        onChoose={(from) => onChange(changed(filters, 'from', from ?? ''))}
      />
      {day('fromDay', words('search.fromDay'))}
      {day('toDay', words('search.toDay'))}
    </div>
  );
}

/** An empty field filters nothing. */
function changed<K extends keyof SearchFilters>(
  filters: SearchFilters,
  key: K,
  value: NonNullable<SearchFilters[K]> | '',
): SearchFilters {
  const { [key]: _before, ...others } = filters;
  return value === '' ? others : { ...others, [key]: value };
}
