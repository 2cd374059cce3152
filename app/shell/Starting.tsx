import { useWords } from '#app/i18n/words.ts';
import { Mark } from '#app/ui/Mark.tsx';

/** The same as what the page's HTML shows until the first script runs, while more code is fetched. */
export function Starting() {
  const words = useWords();
  return (
    <main className="starting">
      <Mark size={56} />
      <strong>{words('app.name')}</strong>
      <p role="status">{words('app.loading')}</p>
      <p className="slow">{words('app.loadingSlowly')}</p>
    </main>
  );
}
