import { useNavigate } from '@tanstack/react-router';
import { errorText } from '@/api/errors';
import { enterWorkspace } from '@/api/session';
import { toast } from '@/ui/Toasts';

/** Goes into another workspace, and to its inbox: what was on screen belongs to the former. */
export function useWorkspaceEntry() {
  const navigate = useNavigate();
  return (id: string) =>
    void enterWorkspace(id).then(
      () => navigate({ to: '/inbox', search: {} }),
      (error: unknown) => toast(errorText(error), { tone: 'bad' }),
    );
}
