using FlowDispatch.Contacts;
using FlowDispatch.Variables;

namespace FlowDispatch.Core.Tests.Variables;

/// <summary>A host's coupons as they would be in a database of its own: what was given under a key stays given, whoever of its processes dies.</summary>
internal sealed class CouponBook
{
    private readonly Dictionary<string, int> _given = new(StringComparer.Ordinal);
    private readonly Stack<int> _returned = new();
    private int _next;

    /// <summary>Every request, in order.</summary>
    public List<VariableRequest> Asked { get; } = [];

    /// <summary>Everybody it was told of, in order.</summary>
    public List<ReturnedPerson> Returned { get; } = [];

    /// <summary>Who holds which code.</summary>
    public IReadOnlyDictionary<string, int> Given => _given;

    /// <summary>Comes before each answer; may throw or never end.</summary>
    public Func<VariableRequest, CancellationToken, Task>? Before { get; set; }

    /// <summary>Comes before it takes anything back.</summary>
    public Func<VariableReturn, CancellationToken, Task>? BeforeReturn { get; set; }

    /// <summary>What it answers for somebody; by default a code.</summary>
    public Func<VariablePerson, int, IReadOnlyDictionary<string, object?>?> Answer { get; set; } =
        (_, code) => new Dictionary<string, object?> { ["code"] = $"C{code}", ["cents"] = 250 };

    public async Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> GiveAsync(VariableRequest request, CancellationToken cancellationToken)
    {
        Asked.Add(request);
        if (Before is not null)
        {
            await Before(request, cancellationToken);
        }

        var values = new Dictionary<ContactId, IReadOnlyDictionary<string, object?>>();
        foreach (var person in request.People)
        {
            if (!_given.TryGetValue(person.Key, out var code))
            {
                _given[person.Key] = code = _returned.TryPop(out var again) ? again : ++_next;
            }

            if (Answer(person, code) is { } answer)
            {
                values[person.Contact.Id] = answer;
            }
        }

        return values;
    }

    public async Task TakeBackAsync(VariableReturn returned, CancellationToken cancellationToken)
    {
        if (BeforeReturn is not null)
        {
            await BeforeReturn(returned, cancellationToken);
        }

        foreach (var person in returned.People)
        {
            Returned.Add(person);
            if (_given.Remove(person.Key, out var code))
            {
                _returned.Push(code);
            }
        }
    }
}
