import { ListFilter, Search } from 'lucide-react';
import type { KeyboardEvent, Ref } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { takeKey } from '#app/ui/keys.ts';
import { limits } from '#protocol/limits.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './JumpDialog.module.css';

interface JumpFieldProps {
  ref: Ref<HTMLInputElement>;
  label: string;
  placeholder: string;
  typed: string;
  /** The id of the list of options, and of the active one in it. */
  listId: string;
  activeId: string | undefined;
  filterCount: number;
  filtersId: string;
  isFiltering: boolean;
  onType: (typed: string) => void;
  onKey: (event: KeyboardEvent) => void;
  onToggleFilters: () => void;
}

/** The field, which controls the list of options (ARIA's combobox pattern), and the button that shows the filters. */
export function JumpField(props: JumpFieldProps) {
  const { ref, label, placeholder, typed, listId, activeId, filterCount, filtersId, isFiltering } = props;
  const words = useWords();
  return (
    <div className={classNames(shapes.search, styles.field)}>
      <Search size={18} aria-hidden />
      <input
        ref={ref}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={activeId !== undefined}
        aria-controls={listId}
        aria-activedescendant={activeId}
        aria-autocomplete="list"
        placeholder={placeholder}
        autoComplete="off"
        maxLength={limits.query}
        value={typed}
        onChange={(event) => props.onType(event.target.value)}
        onKeyDown={(event) => takeKey(event, props.onKey)}
      />
      <IconButton
        label={filterCount === 0 ? words('search.filters') : words('search.filtersOn', { count: filterCount })}
        aria-expanded={isFiltering}
        aria-controls={filtersId}
        className={classNames(filterCount > 0 && styles.filtered)}
        onClick={props.onToggleFilters}
      >
        <ListFilter size={18} aria-hidden />
      </IconButton>
    </div>
  );
}
