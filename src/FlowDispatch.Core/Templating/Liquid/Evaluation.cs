using System.Globalization;

namespace FlowDispatch.Templating.Liquid;

/// <summary>One rendering: its variables, what it has cost so far, and where it stands.</summary>
internal sealed class Evaluation
{
    // A text or a list counts a step for each so many characters or items: about what one expression costs.
    private const int SizeOfStep = 64;
    private const int StepsBetweenLooks = 4_096;

    private readonly TemplateSource _source;
    private readonly TemplateOptions _options;
    private readonly TimeProvider _time;
    private readonly IReadOnlyDictionary<string, object?>? _variables;
    private long _steps;
    private long _nextLook = StepsBetweenLooks;
    private long? _clockedFrom;
    private Dictionary<string, long>? _counters;
    private Dictionary<string, int>? _cycles;
    private DateWords? _dates;
    private string? _unchanged;

    public Evaluation(TemplateSource source, TemplateOptions options, TimeProvider time, IReadOnlyDictionary<string, object?> variables) =>
        (_source, _options, _time, _variables) = (source, options, time, variables);

    public Evaluation(TemplateSource source, TemplateOptions options, TimeProvider time, VariableScope scope) =>
        (_source, _options, _time, Scope) = (source, options, time, scope);

    /// <summary>What is known of a person, where that is what the variables are: paths read it without an object for each root.</summary>
    public VariableScope? Scope { get; }

    /// <summary>The template's own names; null while there are none.</summary>
    public ILocalVariables? Locals { get; set; }

    /// <summary>The same for the pieces of a template, which give such names.</summary>
    public LocalVariables OwnLocals
    {
        get
        {
            if (Locals is not LocalVariables locals)
            {
                Locals = locals = new();
            }

            return locals;
        }
    }

    /// <summary>The paths that were wanted and are nothing, each once; null for none.</summary>
    public List<string>? Missed { get; private set; }

    /// <summary>Where the expression in work begins.</summary>
    public int Position { get; set; }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>The zone and the language of the contact at hand.</summary>
    public DateWords Dates => _dates ??= DateWords.Of(Lookup("contact"));

    /// <summary>Counts a step for whatever comes, more for much text or many items.</summary>
    public void Charge(long size = 0)
    {
        _steps += 1 + (size / SizeOfStep);
        if (_steps >= _nextLook)
        {
            LookAtClock();
        }

        if (_steps > _options.MaxSteps)
        {
            throw Broken(nameof(TemplateOptions.MaxSteps), string.Create(CultureInfo.InvariantCulture, $"took more than {_options.MaxSteps:N0} steps"));
        }
    }

    /// <summary>Counts a search, whose worst case is the product of both lengths.</summary>
    public void ChargeSearch(string text, string pattern) =>
        Charge(text.Length + (long)(text.Length / SizeOfStep) * pattern.Length);

    /// <summary>Counts the turns of a loop or the items of a new list.</summary>
    public void ChargeItems(long count)
    {
        AllowItems(count);
        Charge(count * SizeOfStep);
    }

    /// <summary>Refuses a list that would be longer than a template may have.</summary>
    public void AllowItems(long count)
    {
        if (count > _options.MaxCollectionSize)
        {
            throw Broken(nameof(TemplateOptions.MaxCollectionSize), string.Create(CultureInfo.InvariantCulture, $"made or walked through more than {_options.MaxCollectionSize:N0} items"));
        }
    }

    /// <summary>Refuses a text that would be longer than a template may print; ask before building it.</summary>
    public void Allow(long length)
    {
        if (length > _options.MaxOutputLength)
        {
            throw Broken(nameof(TemplateOptions.MaxOutputLength), string.Create(CultureInfo.InvariantCulture, $"made a text longer than {_options.MaxOutputLength:N0} characters"));
        }
    }

    public TemplateRenderException Error(string message)
    {
        var (line, column) = _source.Place(Position);
        return new(message, line, column);
    }

    public object? Lookup(string name) =>
        TryGiven(name, out var value) ? value
        : Scope is not null ? ScopeFields.Root(Scope, name)
        : _variables!.TryGetValue(name, out value) ? LiquidValue.Plain(value)
        : null;

    /// <summary>A value that the template itself has given a name to.</summary>
    public bool TryGiven(string name, out object? value)
    {
        if (Locals is not null && Locals.TryGet(name, out value))
        {
            value = LiquidValue.Plain(value);
            return true;
        }

        if (_counters is not null && _counters.TryGetValue(name, out var counter))
        {
            value = counter;
            return true;
        }

        value = null;
        return false;
    }

    public void Miss(string path)
    {
        Missed ??= [];
        MissingPaths.Add(Missed, path);
    }

    /// <summary>Whether a text differs from the one that was asked about before it.</summary>
    public bool HasChanged(string text)
    {
        var changed = text != _unchanged;
        _unchanged = text;
        return changed;
    }

    /// <summary>The counter before <paramref name="step"/> is added to it.</summary>
    public long Count(string name, int step)
    {
        _counters ??= [];
        var before = _counters.GetValueOrDefault(name);
        _counters[name] = before + step;
        return before;
    }

    /// <summary>Which of <paramref name="length"/> values comes next in a group.</summary>
    public int Cycle(string group, int length)
    {
        _cycles ??= [];
        var turn = _cycles.GetValueOrDefault(group);
        _cycles[group] = (turn + 1) % length;
        return turn % length;
    }

    // From the first look on: small renderings, which are nearly all, never ask for the time.
    private void LookAtClock()
    {
        _nextLook = _steps + StepsBetweenLooks;
        var now = _time.GetTimestamp();
        _clockedFrom ??= now;
        if (_time.GetElapsedTime(_clockedFrom.Value, now) > _options.Deadline)
        {
            throw Broken(nameof(TemplateOptions.Deadline), string.Create(CultureInfo.InvariantCulture, $"took longer than {_options.Deadline.TotalSeconds:0.###} s"));
        }
    }

    private TemplateRenderException Broken(string limit, string what)
    {
        var (line, column) = _source.Place(Position);
        return new($"The template {what} (TemplateOptions.{limit}).", line, column, limit);
    }
}
