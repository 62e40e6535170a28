using System.Diagnostics.CodeAnalysis;

namespace FlowDispatch.Audiences;

/// <summary>An audience threw what is no <see cref="AudienceUnavailableException"/>: it is asked again. The message is fit for operators, since any other exception's may hold secrets of the host.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Made where audiences are read alone, and never without the audience's type.")]
internal sealed class AudienceFailedException(string type, Exception cause)
    : Exception($"The audience {type} failed with {cause.GetType().Name}; the log says more. It is asked again until it answers.", cause);
