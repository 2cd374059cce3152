import { useWords } from '#app/i18n/words.ts';
import { Mark } from '#app/ui/Mark.tsx';

/** What the page itself shows until the first script runs, in the look that index.html gives it, while more code is fetched. */
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
