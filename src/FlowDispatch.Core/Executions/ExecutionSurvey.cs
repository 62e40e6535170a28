using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;
using FlowDispatch.Templating;

namespace FlowDispatch.Executions;

/// <summary>Counts and shows the recipients of an execution that would be, as the gate would judge each.</summary>
internal sealed class ExecutionSurvey
{
    private const int MostListed = 100;

    private readonly Execution _execution;
    private readonly FlowProgram _program;
    private readonly int _limit;
    private readonly DateTimeOffset _now;
    private readonly Gate _gate;
    private readonly TimeSpan _spacing;
    private readonly Forecaster _forecaster;
    private readonly List<string> _nodes;
    private readonly HashSet<ContactId>? _seen;
    private readonly Dictionary<(RecipientStatus Status, string Code), int> _refused = [];
    private readonly Dictionary<string, int> _missing = new(StringComparer.Ordinal);
    private readonly Dictionary<PreviewError, int> _errors = [];
    private readonly Dictionary<string, int> _languages = new(StringComparer.Ordinal);
    private readonly string? _translated;
    private readonly WorstRowSurvey _worst = new();
    private readonly List<PreviewedRecipient> _shown = [];
    private int _total;
    private int _eligible;

    /// <param name="execution">The execution that would be.</param>
    /// <param name="channel">Its channel.</param>
    /// <param name="program">Its flow.</param>
    /// <param name="limit">How many recipients are shown.</param>
    /// <param name="now">When it would start.</param>
    /// <param name="distinct">Whether nobody comes twice: then nobody's id is kept, and ten million people cost no more memory than ten.</param>
    public ExecutionSurvey(Execution execution, Channel channel, FlowProgram program, int limit, DateTimeOffset now, bool distinct)
    {
        _seen = distinct ? null : [];
        var settings = execution.Snapshot.Settings;
        _execution = execution with { Number = 1 };
        _program = program;
        _limit = limit;
        _now = now;
        _gate = new(execution, program, channel);
        _spacing = SendingPace.Of(settings, channel).Spacing;
        _forecaster = new(new SendingHours(settings, execution.CreatedAt), _spacing);
        _nodes = [.. Nodes()];
        _translated = _nodes.Find(program.IsTranslatedAt);
    }

    /// <summary>Adds one recipient; a contact that was added before is left out, unless none is added twice.</summary>
    /// <param name="planned">As it would be planned.</param>
    /// <param name="missing">The paths that are nothing for the person.</param>
    /// <param name="conversationAt">When the person last wrote on the channel.</param>
    /// <param name="cappedUntil">When the frequency cap has room for the person; null where it has room now.</param>
    public void Add(PlannedRecipient planned, IReadOnlyList<string> missing, DateTimeOffset? conversationAt, DateTimeOffset? cappedUntil)
    {
        if (_seen?.Add(planned.ContactId) is false)
        {
            return;
        }

        _total++;
        foreach (var path in missing)
        {
            _missing[path] = _missing.GetValueOrDefault(path) + 1;
        }

        var opening = false;
        if (planned.Status == RecipientStatus.Pending)
        {
            (planned, opening) = Judge(planned, conversationAt);
        }

        // All are rendered, though few are shown: the one text that breaks or is too long is rarely among the first.
        var rendered = Render(planned, opening);
        planned = rendered.Recipient;
        if (planned.Status == RecipientStatus.Pending)
        {
            _eligible++;
            if (_translated is not null)
            {
                // A dictionary has no null key.
                var language = _program.LanguageAt(_translated, planned.Variables) ?? "";
                _languages[language] = _languages.GetValueOrDefault(language) + 1;
            }

            if (opening || _nodes.Count > 0)
            {
                // Behind an opening the run waits for an answer, and who answers nobody knows.
                _forecaster.Add(planned.TimeZone, 1, opening ? 1 : _nodes.Count, cappedUntil);
            }
        }
        else
        {
            var reason = (planned.Status, planned.ErrorCode ?? "");
            _refused[reason] = _refused.GetValueOrDefault(reason) + 1;
        }

        if (_shown.Count < _limit)
        {
            _shown.Add(rendered);
        }
    }

    /// <summary>What was seen.</summary>
    public ExecutionPreview Result() => new()
    {
        Total = _total,
        Eligible = _eligible,
        Skipped = Count(RecipientStatus.Skipped),
        Failed = Count(RecipientStatus.Failed),
        Recipients = _shown,
        Missing = [.. _missing.Select(m => new MissingCount(m.Key, m.Value)).OrderByDescending(m => m.Count).ThenBy(m => m.Path, StringComparer.Ordinal).Take(MostListed)],
        Errors = [.. _errors.Select(e => new PreviewErrorCount(e.Key.Node, e.Key.Message, e.Value)).OrderByDescending(e => e.Count).ThenBy(e => e.Node, StringComparer.Ordinal).Take(MostListed)],
        Languages = [.. _languages.Select(l => new LanguageCount(l.Key.Length == 0 ? null : l.Key, l.Value)).OrderByDescending(l => l.Count).ThenBy(l => l.Language, StringComparer.Ordinal)],
        Worst = _worst.Result(),
        Spacing = _spacing,
        Forecast = _forecaster.Run(_now),
    };

    // Who has to wait is judged for the instant at which the engine would ask again. Who expires until then is the forecast's to count.
    private (PlannedRecipient Recipient, bool Opening) Judge(PlannedRecipient planned, DateTimeOffset? conversationAt)
    {
        var row = planned.At(_execution, ordinal: 0, _now);
        var decision = _gate.Decide(row, ContactSuppression.None, conversationAt, _now);
        if (decision is GateDecision.Wait wait)
        {
            decision = _gate.Decide(row, ContactSuppression.None, conversationAt, wait.Until);
        }

        return decision is GateDecision.Never { Code: not ReasonCodes.Expired } never
            ? (planned with { Status = RecipientStatus.Skipped, ErrorCode = never.Code, ErrorMessage = never.Message }, false)
            : (planned, decision is GateDecision.Go { Opening: true });
    }

    private PreviewedRecipient Render(PlannedRecipient recipient, bool opening)
    {
        var messages = new List<PreviewedMessage>();
        var errors = new List<PreviewError>();
        string? broken = null; // the first message: without it nothing is sent, while a later one fails behind it
        if (recipient.Status == RecipientStatus.Pending)
        {
            if (opening)
            {
                Say(null);
            }

            _nodes.ForEach(Say);
            if (broken is not null)
            {
                return new(recipient with { Status = RecipientStatus.Failed, ErrorCode = ReasonCodes.TemplateError, ErrorMessage = broken }, messages, errors);
            }

            _worst.AddVariables(recipient);
            messages.ForEach(message => _worst.AddMessage(recipient, message));
        }

        return new(recipient, messages, errors);

        void Say(string? node)
        {
            try
            {
                var message = new PreviewedMessage(node, _program.Render(node ?? _program.Entry, opening: node is null, recipient.Variables));
                messages.Add(message);
            }
            catch (TemplateRenderException unfit)
            {
                var error = new PreviewError(node, unfit.Message);
                broken = messages.Count + errors.Count == 0 ? unfit.Message : broken;
                errors.Add(error);
                _errors[error] = _errors.GetValueOrDefault(error) + 1;
            }
        }
    }

    private IEnumerable<string> Nodes()
    {
        for (var step = _program.StepTo(_program.Entry); step is RunStep.Send send; step = _program.After(send.Node, opening: false, _now))
        {
            yield return send.Node;
        }
    }

    private IReadOnlyList<ErrorCount> Count(RecipientStatus status) =>
        [.. _refused.Where(r => r.Key.Status == status).Select(r => new ErrorCount(r.Key.Code, r.Value)).OrderByDescending(c => c.Count).ThenBy(c => c.Code, StringComparer.Ordinal)];
}
