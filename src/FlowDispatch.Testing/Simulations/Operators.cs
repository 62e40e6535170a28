using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Validation;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Testing.Simulations;

/// <summary>People at the dashboard: they pause, resume, cancel and opt out through any living node, and ask again where no answer comes.</summary>
internal sealed class Operators(World world, string organization, Func<IReadOnlyList<SimulatedNode>> nodes)
{
    private readonly Dictionary<ExecutionId, (DateTimeOffset From, bool ForGood)> _quiet = [];
    private readonly List<(ExecutionId Execution, SimulatedNode Node)> _resuming = [];
    private readonly Dictionary<ExecutionId, int> _resumes = [];

    /// <summary>Commands without an answer yet.</summary>
    public int Busy { get; private set; }

    /// <summary>Times in which an execution must not hand anything over: from one second after a pause or cancel was answered until somebody resumes.</summary>
    public List<(ExecutionId Execution, DateTimeOffset From, DateTimeOffset Until)> Quiet { get; } = [];

    /// <summary>When an opt-out was answered.</summary>
    public Dictionary<ContactId, DateTimeOffset> OptedOut { get; } = [];

    public HashSet<ExecutionId> Cancelled { get; } = [];

    public void Command(IReadOnlyList<Execution> executions, IReadOnlyList<Contact> people)
    {
        if (executions.Count == 0)
        {
            return;
        }

        var execution = executions[world.Chance.Next(executions.Count)];
        switch (world.Chance.Next(8))
        {
            case 0:
                Cancel(execution);
                break;
            case 1 or 2 or 3:
                OptOut(people[world.Chance.Next(people.Count)]);
                break;
            case 4:
                Resume(execution);
                break;
            default:
                Pause(execution);
                world.After(world.Between(0.5, 15), null, () => Resume(execution));
                break;
        }
    }

    /// <summary>Resumes whatever is paused, so that all can end.</summary>
    public void ResumeAll(IEnumerable<Execution> executions)
    {
        foreach (var execution in executions)
        {
            Resume(execution);
        }
    }

    /// <summary>Times without hand-overs as far as they are over or last until now.</summary>
    public IEnumerable<(ExecutionId Execution, DateTimeOffset From, DateTimeOffset Until)> AllQuiet() =>
        Quiet.Concat(_quiet.Select(q => (q.Key, q.Value.From, world.Now)));

    private void Pause(Execution execution)
    {
        // Who resumes after the question and before its answer may well come behind the pause.
        var resumes = _resumes.GetValueOrDefault(execution.Id);
        Ask(
            $"pause {execution.Number}",
            node => Tolerantly(node.Services.GetRequiredService<ExecutionService>().PauseAsync(organization, execution.Id)),
            done: paused => BeQuiet(execution, paused && resumes == _resumes.GetValueOrDefault(execution.Id), forGood: false));
    }

    private void Cancel(Execution execution) => Ask(
        $"cancel {execution.Number}",
        node => Tolerantly(node.Services.GetRequiredService<ExecutionService>().CancelAsync(organization, execution.Id)),
        done: cancelled =>
        {
            if (cancelled)
            {
                Cancelled.Add(execution.Id);
                BeQuiet(execution, true, forGood: true);
            }
        });

    private void Resume(Execution execution)
    {
        Ask($"resume {execution.Number}", ResumeAsync, _ => { });

        async Task<bool> ResumeAsync(SimulatedNode node)
        {
            // From the question on it may take effect, whether or not an answer comes.
            if (_quiet.TryGetValue(execution.Id, out var quiet) && !quiet.ForGood)
            {
                Quiet.Add((execution.Id, quiet.From, world.Now));
                _quiet.Remove(execution.Id);
            }

            _resumes[execution.Id] = _resumes.GetValueOrDefault(execution.Id) + 1;
            _resuming.Add((execution.Id, node));
            try
            {
                return await Tolerantly(node.Services.GetRequiredService<ExecutionService>().ResumeAsync(organization, execution.Id)).ConfigureAwait(false);
            }
            finally
            {
                _resuming.Remove((execution.Id, node));
            }
        }
    }

    private void OptOut(Contact contact) => Ask(
        $"opt out {contact.WhatsAppId}",
        async node => await node.Services.GetRequiredService<ContactService>().SetOptInAsync(organization, contact.Id, optedIn: false, reason: null).ConfigureAwait(false) is not null,
        done => OptedOut.TryAdd(contact.Id, world.Now));

    private void BeQuiet(Execution execution, bool moved, bool forGood)
    {
        if (!forGood && _resuming.Any(r => r.Execution == execution.Id && r.Node.Alive))
        {
            return; // somebody is about to resume it
        }

        if (moved && !(_quiet.TryGetValue(execution.Id, out var quiet) && quiet.ForGood))
        {
            _quiet[execution.Id] = (world.Now + TimeSpan.FromSeconds(1), forGood);
        }
    }

    // Another node's earlier question may have done it already.
    private static async Task<bool> Tolerantly(Task move)
    {
        try
        {
            await move.ConfigureAwait(false);
            return true;
        }
        catch (WrongStateException)
        {
            return false;
        }
    }

    private void Ask(string what, Func<SimulatedNode, Task<bool>> question, Action<bool> done)
    {
        Busy++;
        world.Note($"operator: {what}");
        Try();

        void Try()
        {
            var living = nodes().Where(n => n.StalledFor() <= TimeSpan.Zero).ToList();
            if (living.Count == 0)
            {
                world.After(TimeSpan.FromSeconds(1), null, Try);
                return;
            }

            var node = living[world.Chance.Next(living.Count)];
            var answered = false;
            node.Post(() => _ = AnswerAsync(node));
            world.After(TimeSpan.FromSeconds(5), null, () =>
            {
                if (!answered)
                {
                    answered = true;
                    Try();
                }
            });

            async Task AnswerAsync(SimulatedNode asked)
            {
                bool result;
                try
                {
                    result = await question(asked).ConfigureAwait(false);
                }
                catch (StoreAwayException)
                {
                    return;
                }

                if (!answered)
                {
                    answered = true;
                    Busy--;
                    world.Note($"operator: {what} answered {result}");
                    done(result);
                }
            }
        }
    }
}
