import { Gallery } from '@/features/gallery/Gallery';
import { Provider } from '@/ui/Provider';

export function App() {
  return (
    <Provider>
      <Gallery />
    </Provider>
  );
}
